/* A component that calls WASI 0.2 itself, with no C library in between: streams that
 * do not block, sockets, names, timers. Compiled by build.sh for the world of
 * direct.wit. What comes back is where the Component Model's layout says. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMPORT(interface, name) __attribute__((import_module(interface), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))
#define CLOCK "wasi:clocks/monotonic-clock@0.2.12"
#define FILES "wasi:filesystem/types@0.2.12"
#define POLL "wasi:io/poll@0.2.12"
#define STREAMS "wasi:io/streams@0.2.12"
#define NAMES "wasi:sockets/ip-name-lookup@0.2.12"
#define TCP "wasi:sockets/tcp@0.2.12"
#define UDP "wasi:sockets/udp@0.2.12"
/* An address as parameters: the case, then the fields of the longer one. */
#define ADDRESS_PARAMS \
  int32_t family, int32_t port, int32_t a, int32_t b, int32_t c, int32_t d, int32_t e, \
      int32_t f, int32_t g, int32_t h, int32_t i, int32_t j
#define LOCALHOST(port) 0, (port), 127, 0, 0, 1, 0, 0, 0, 0, 0, 0
#define ANY_ADDRESS 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0

typedef int32_t handle_t;

/* Results: whether they are errors, and what is in them, by its alignment. */
typedef struct {
  uint8_t failed;
  union {
    uint8_t code;
    uint32_t word[3];
  };
} result_t;
typedef struct {
  uint8_t failed, code;
} done_t;
typedef struct {
  uint8_t failed;
  union {
    uint8_t code;
    uint64_t number;
  };
} result64_t;
typedef struct {
  uint8_t failed, pad, some_or_code, pad2, address[18];
} next_t;
typedef struct {
  const char* data;
  uint32_t size;
  uint8_t has_address, pad[3], family, pad2[3];
  uint16_t port;
  uint8_t address[26];
} datagram_t;

IMPORT("$root", "host") void host(void);
IMPORT(CLOCK, "subscribe-duration") handle_t subscribe_duration(uint64_t time);
IMPORT("wasi:filesystem/preopens@0.2.12", "get-directories") void get_directories(uint32_t* list);
IMPORT(FILES, "[method]descriptor.open-at")
void open_at(handle_t dir, int32_t follow, const char* path, size_t size, int32_t open, int32_t flags, result_t* result);
IMPORT(FILES, "[method]descriptor.read-via-stream") void read_via_stream(handle_t file, uint64_t at, result_t* result);
IMPORT(FILES, "[method]descriptor.write-via-stream") void write_via_stream(handle_t file, uint64_t at, result_t* result);
IMPORT(FILES, "[method]descriptor.append-via-stream") void append_via_stream(handle_t file, result_t* result);
IMPORT(FILES, "[resource-drop]descriptor") void drop_descriptor(handle_t file);
IMPORT(POLL, "[method]pollable.block") void block(handle_t pollable);
IMPORT(POLL, "[resource-drop]pollable") void drop_pollable(handle_t pollable);
IMPORT("wasi:cli/stdin@0.2.12", "get-stdin") handle_t get_stdin(void);
IMPORT("wasi:cli/stdout@0.2.12", "get-stdout") handle_t get_stdout(void);
IMPORT(STREAMS, "[method]input-stream.read") void stream_read(handle_t in, uint64_t size, result_t* result);
IMPORT(STREAMS, "[method]input-stream.blocking-read") void stream_blocking_read(handle_t in, uint64_t size, result_t* result);
IMPORT(STREAMS, "[method]input-stream.subscribe") handle_t subscribe_in(handle_t in);
IMPORT(STREAMS, "[resource-drop]input-stream") void drop_in(handle_t in);
IMPORT(STREAMS, "[method]output-stream.check-write") void check_write(handle_t out, result64_t* result);
IMPORT(STREAMS, "[method]output-stream.write") void stream_write(handle_t out, const char* data, size_t size, result_t* result);
IMPORT(STREAMS, "[method]output-stream.flush") void stream_flush(handle_t out, result_t* result);
IMPORT(STREAMS, "[method]output-stream.splice") void stream_splice(handle_t out, handle_t in, uint64_t size, result64_t* result);
IMPORT(STREAMS, "[method]output-stream.subscribe") handle_t subscribe_out(handle_t out);
IMPORT(STREAMS, "[resource-drop]output-stream") void drop_out(handle_t out);
IMPORT("wasi:sockets/instance-network@0.2.12", "instance-network") handle_t instance_network(void);
IMPORT("wasi:sockets/tcp-create-socket@0.2.12", "create-tcp-socket") void create_tcp(int32_t family, result_t* result);
IMPORT(TCP, "[method]tcp-socket.start-bind") void tcp_start_bind(handle_t socket, handle_t network, ADDRESS_PARAMS, done_t* result);
IMPORT(TCP, "[method]tcp-socket.finish-bind") void tcp_finish_bind(handle_t socket, done_t* result);
IMPORT(TCP, "[method]tcp-socket.start-listen") void start_listen(handle_t socket, done_t* result);
IMPORT(TCP, "[method]tcp-socket.finish-listen") void finish_listen(handle_t socket, done_t* result);
IMPORT(TCP, "[method]tcp-socket.accept") void tcp_accept(handle_t socket, result_t* result);
IMPORT(TCP, "[method]tcp-socket.start-connect") void start_connect(handle_t socket, handle_t network, ADDRESS_PARAMS, done_t* result);
IMPORT(TCP, "[method]tcp-socket.finish-connect") void finish_connect(handle_t socket, result_t* result);
IMPORT(TCP, "[method]tcp-socket.shutdown") void tcp_shutdown(handle_t socket, int32_t how, done_t* result);
IMPORT(TCP, "[method]tcp-socket.subscribe") handle_t subscribe_tcp(handle_t socket);
IMPORT(TCP, "[resource-drop]tcp-socket") void drop_tcp(handle_t socket);
IMPORT("wasi:sockets/udp-create-socket@0.2.12", "create-udp-socket") void create_udp(int32_t family, result_t* result);
IMPORT(UDP, "[method]udp-socket.start-bind") void udp_start_bind(handle_t socket, handle_t network, ADDRESS_PARAMS, done_t* result);
IMPORT(UDP, "[method]udp-socket.finish-bind") void udp_finish_bind(handle_t socket, done_t* result);
IMPORT(UDP, "[method]udp-socket.stream") void udp_stream(handle_t socket, int32_t has_address, ADDRESS_PARAMS, result_t* result);
IMPORT(UDP, "[method]incoming-datagram-stream.receive") void udp_receive(handle_t in, uint64_t most, result_t* result);
IMPORT(UDP, "[method]incoming-datagram-stream.subscribe") handle_t subscribe_udp(handle_t in);
IMPORT(UDP, "[method]outgoing-datagram-stream.check-send") void check_send(handle_t out, result64_t* result);
IMPORT(UDP, "[method]outgoing-datagram-stream.send") void udp_send(handle_t out, const datagram_t* list, size_t count, result64_t* result);
IMPORT(UDP, "[resource-drop]incoming-datagram-stream") void drop_incoming(handle_t in);
IMPORT(UDP, "[resource-drop]outgoing-datagram-stream") void drop_outgoing(handle_t out);
IMPORT(UDP, "[resource-drop]udp-socket") void drop_udp(handle_t socket);
IMPORT(NAMES, "resolve-addresses") void resolve_addresses(handle_t network, const char* name, size_t size, result_t* result);
IMPORT(NAMES, "[method]resolve-address-stream.resolve-next-address") void next_address(handle_t names, next_t* result);
IMPORT(NAMES, "[method]resolve-address-stream.subscribe") handle_t subscribe_names(handle_t names);
IMPORT(NAMES, "[resource-drop]resolve-address-stream") void drop_names(handle_t names);

enum { WOULD_BLOCK = 8, STREAM_FAILED = 100, CLOSED = 101 };

/* Memory is taken in a row, and given back when an export is called. */
static char heap[4 << 20] __attribute__((aligned(16)));
static size_t used;

EXPORT("cabi_realloc") void* cabi_realloc(void* old, size_t old_size, size_t align, size_t size) {
  size_t at = (used + align - 1) & ~(align - 1);
  if (size > sizeof heap - at) __builtin_trap();
  for (size_t i = 0; i < old_size && i < size; i++) heap[at + i] = ((char*)old)[i];
  used = at + size;
  return heap + at;
}

static void wait_for(handle_t pollable) {
  block(pollable);
  drop_pollable(pollable);
}

static uint32_t stream_error(uint8_t code) { return STREAM_FAILED + code; }

/* Reads once: how much, 0 where that is not known yet, or minus an error. */
static int64_t read_some(handle_t in, char** data) {
  size_t before = used;
  result_t read;
  stream_read(in, 10000, &read);
  if (read.failed) return -(int64_t)stream_error(read.code);
  *data = (char*)read.word[0];
  used = before;
  return read.word[1];
}

/* Writes all of it, as much at a time as there is room for. */
static uint32_t write_all(handle_t out, const char* data, size_t size) {
  while (size > 0) {
    result64_t room;
    check_write(out, &room);
    if (room.failed) return stream_error(room.code);
    size_t count = room.number < size ? room.number : size;
    if (count == 0) {
      wait_for(subscribe_out(out));
      continue;
    }
    result_t written;
    stream_write(out, data, count, &written);
    if (written.failed) return stream_error(written.code);
    data += count, size -= count;
  }
  return 0;
}

/* Moves all that there is: in `*moved`; an error, or 0. */
static uint32_t move_all(handle_t in, handle_t out, int32_t way, uint64_t* moved) {
  for (*moved = 0;;) {
    int64_t count;
    if (way == 1) {
      result64_t spliced;
      stream_splice(out, in, 5000, &spliced);
      count = spliced.failed ? -(int64_t)stream_error(spliced.code) : (int64_t)spliced.number;
    } else if (way == 3) {
      result_t read;
      size_t before = used;
      stream_blocking_read(in, 7000, &read);
      used = before;
      uint32_t error = read.failed ? stream_error(read.code) : write_all(out, (char*)read.word[0], read.word[1]);
      count = error ? -(int64_t)error : (int64_t)read.word[1];
    } else {
      char* data;
      count = read_some(in, &data);
      uint32_t error = count > 0 ? write_all(out, data, (size_t)count) : 0;
      if (error) count = -(int64_t)error;
    }
    if (count == -CLOSED) return 0;
    if (count < 0) return (uint32_t)-count;
    if (count == 0) {
      /* Of nothing, nothing is read, and the stream stays as it is. */
      result_t nothing;
      stream_read(in, 0, &nothing);
      if (nothing.failed && nothing.code == 1) return 0;
      wait_for(subscribe_in(in));
    }
    *moved += (uint64_t)count;
  }
}

static result64_t answer64;
static result_t answer;

static result_t* fail(uint32_t code) {
  answer.failed = 1;
  answer.word[0] = code;
  return &answer;
}

static result64_t* moved(uint32_t error, uint64_t count) {
  answer64.failed = error != 0;
  answer64.number = error ? error : count;
  return &answer64;
}

EXPORT("copy") result64_t* copy(const char* from, size_t from_size, const char* to, size_t to_size, int32_t way) {
  uint32_t dirs[2];
  get_directories(dirs);
  if (dirs[1] == 0) return moved(1000, 0);
  handle_t dir = *(handle_t*)dirs[0];
  result_t in, out, in_stream, out_stream, flushed;
  open_at(dir, 1, from, from_size, 0, 1, &in);
  /* Made, and emptied where it is not appended to. */
  open_at(dir, 1, to, to_size, way == 2 ? 1 : 9, 2, &out);
  if (in.failed || out.failed) return moved(in.failed ? in.code : out.code, 0);
  read_via_stream((handle_t)in.word[0], 0, &in_stream);
  if (way == 2) append_via_stream((handle_t)out.word[0], &out_stream);
  else write_via_stream((handle_t)out.word[0], 0, &out_stream);
  if (in_stream.failed || out_stream.failed) return moved(1001, 0);
  uint64_t count;
  uint32_t error = move_all((handle_t)in_stream.word[0], (handle_t)out_stream.word[0], way, &count);
  stream_flush((handle_t)out_stream.word[0], &flushed);
  if (!error && flushed.failed) error = stream_error(flushed.code);
  drop_in((handle_t)in_stream.word[0]), drop_out((handle_t)out_stream.word[0]);
  drop_descriptor((handle_t)in.word[0]), drop_descriptor((handle_t)out.word[0]);
  drop_descriptor(dir);
  used = 0;
  return moved(error, count);
}

EXPORT("pass") result64_t* pass(void) {
  handle_t in = get_stdin(), out = get_stdout();
  uint64_t count;
  uint32_t error = move_all(in, out, 0, &count);
  drop_in(in), drop_out(out);
  used = 0;
  return moved(error, count);
}

static result_t* text_of(handle_t in, result_t* all) {
  static char text[1000];
  size_t size = 0;
  for (;;) {
    char* data;
    int64_t count = read_some(in, &data);
    if (count == -CLOSED) break;
    if (count < 0) return fail((uint32_t)-count);
    if (count == 0) wait_for(subscribe_in(in));
    for (int64_t i = 0; i < count && size < sizeof text; i++) text[size++] = data[i];
  }
  all->failed = 0;
  all->word[0] = (uint32_t)text, all->word[1] = size;
  return all;
}

EXPORT("ask") result_t* ask(int32_t port, const char* text, size_t size) {
  result_t socket, streams;
  done_t done;
  create_tcp(0, &socket);
  if (socket.failed) return fail(socket.code);
  handle_t tcp = (handle_t)socket.word[0], network = instance_network();
  start_connect(tcp, network, LOCALHOST(port), &done);
  if (done.failed) {
    drop_tcp(tcp);
    return fail(done.code);
  }
  host();
  while (finish_connect(tcp, &streams), streams.failed && streams.code == WOULD_BLOCK) wait_for(subscribe_tcp(tcp));
  if (streams.failed) {
    drop_tcp(tcp);
    return fail(streams.code);
  }
  handle_t in = (handle_t)streams.word[0], out = (handle_t)streams.word[1];
  host();
  uint32_t error = write_all(out, text, size);
  if (error) return fail(error);
  tcp_shutdown(tcp, 1, &done);
  result_t* said = text_of(in, &answer);
  drop_in(in), drop_out(out), drop_tcp(tcp);
  used = 0;
  return said;
}

EXPORT("serve") result_t* serve(int32_t port) {
  result_t socket, accepted;
  done_t done;
  create_tcp(0, &socket);
  if (socket.failed) return fail(socket.code);
  handle_t tcp = (handle_t)socket.word[0], network = instance_network();
  if (port) tcp_start_bind(tcp, network, LOCALHOST(port), &done);
  else tcp_start_bind(tcp, network, ANY_ADDRESS, &done);
  if (!done.failed) tcp_finish_bind(tcp, &done);
  if (!done.failed) start_listen(tcp, &done);
  if (!done.failed) finish_listen(tcp, &done);
  if (done.failed) {
    drop_tcp(tcp);
    return fail(done.code);
  }
  host();
  while (tcp_accept(tcp, &accepted), accepted.failed && accepted.code == WOULD_BLOCK) wait_for(subscribe_tcp(tcp));
  if (accepted.failed) return fail(accepted.code);
  uint64_t count;
  handle_t in = (handle_t)accepted.word[1], out = (handle_t)accepted.word[2];
  uint32_t error = move_all(in, out, 1, &count);
  drop_in(in), drop_out(out), drop_tcp((handle_t)accepted.word[0]), drop_tcp(tcp);
  used = 0;
  if (error) return fail(error);
  answer.failed = 0;
  return &answer;
}

EXPORT("send") result_t* send(int32_t port, const char* text, size_t size) {
  result_t socket, streams, received;
  done_t done;
  create_udp(0, &socket);
  if (socket.failed) return fail(socket.code);
  handle_t udp = (handle_t)socket.word[0], network = instance_network();
  udp_start_bind(udp, network, ANY_ADDRESS, &done);
  if (!done.failed) udp_finish_bind(udp, &done);
  if (!done.failed) udp_stream(udp, 0, ANY_ADDRESS, &streams);
  if (done.failed || streams.failed) {
    drop_udp(udp);
    return fail(done.failed ? done.code : streams.code);
  }
  handle_t in = (handle_t)streams.word[0], out = (handle_t)streams.word[1];
  datagram_t one = {text, size, 1, {0}, 0, {0}, (uint16_t)port, {127, 0, 0, 1}};
  result64_t sent;
  check_send(out, &sent);
  if (!sent.failed) udp_send(out, &one, 1, &sent);
  if (sent.failed) return drop_incoming(in), drop_outgoing(out), drop_udp(udp), fail(sent.code);
  while (udp_receive(in, 1, &received), !received.failed && received.word[1] == 0) wait_for(subscribe_udp(in));
  drop_incoming(in), drop_outgoing(out), drop_udp(udp);
  used = 0;
  if (received.failed) return fail(received.code);
  const uint32_t* first = (const uint32_t*)received.word[0];
  answer.failed = 0;
  answer.word[0] = first[0], answer.word[1] = first[1];
  return &answer;
}

EXPORT("resolve") result_t* resolve(const char* name, size_t size) {
  handle_t network = instance_network();
  result_t names;
  resolve_addresses(network, name, size, &names);
  if (names.failed) return fail(names.code);
  uint32_t count = 0;
  for (;;) {
    next_t next;
    next_address((handle_t)names.word[0], &next);
    if (next.failed && next.some_or_code == WOULD_BLOCK) {
      wait_for(subscribe_names((handle_t)names.word[0]));
      continue;
    }
    if (next.failed) fail(next.some_or_code);
    else if (next.some_or_code) {
      count++;
      continue;
    } else answer.failed = 0, answer.word[0] = count;
    break;
  }
  drop_names((handle_t)names.word[0]);
  used = 0;
  return &answer;
}

EXPORT("wait") void wait(uint64_t time) { wait_for(subscribe_duration(time)); }

EXPORT("spin") void spin(uint64_t times) {
  for (volatile uint64_t i = 0; i < times;) i++;
}
