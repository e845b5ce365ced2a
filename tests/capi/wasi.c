/* WASI: what a host gives, in every way that there is to give it, to core modules
 * and to components; what it does not give; exit codes; callbacks that refuse. */

#include "check.h"
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <witrt.h>

static wasm_engine_t* engine;

static wasm_module_t* load(wasm_store_t* store, const char* file) {
  FILE* f = fopen(file, "rb");
  REQUIRE(f);
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new_uninitialized(&bytes, 200000);
  bytes.size = fread(bytes.data, 1, bytes.size, f);
  fclose(f);
  wasm_module_t* module = wasm_module_new(store, &bytes);
  wasm_byte_vec_delete(&bytes);
  REQUIRE(module);
  return module;
}

static const char* const probes[] = {WASI "/probe.wasm", WASI "/probe-component.wasm"};
static wasm_shared_module_t* shared[2];

/* The command in one of its forms, compiled once. */
static wasm_module_t* probe(wasm_store_t* store, int form) {
  if (shared[form]) return wasm_module_obtain(store, shared[form]);
  wasm_module_t* module = load(store, probes[form]);
  shared[form] = wasm_module_share(module);
  return module;
}

/* What was written, and how often. */
typedef struct {
  char text[10000];
  size_t size, calls, most;
  int ended;
} written_t;

static bool take(void* env, const wasm_byte_t* data, size_t size) {
  written_t* all = env;
  all->calls++;
  if (all->size + size > all->most) return false;
  memcpy(all->text + all->size, data, size);
  all->text[all->size += size] = 0;
  return true;
}

static void end(void* env) { ((written_t*)env)->ended++; }

static witrt_wasi_t* a_wasi(written_t* out, const char* what) {
  *out = (written_t){.most = sizeof out->text - 1};
  witrt_wasi_t* wasi = witrt_wasi_new();
  REQUIRE(wasi);
  wasm_string_t name = WASM_STRING_LIT("probe"), arg = WASM_STRING_UTF8(what, strlen(what));
  CHECK(witrt_wasi_push_arg(wasi, &name) && witrt_wasi_push_arg(wasi, &arg));
  CHECK(witrt_wasi_set_stdout_callback(wasi, take, false, out, end));
  return wasi;
}

static bool add(witrt_wasi_t* wasi, const char* arg) {
  wasm_string_t text = WASM_STRING_UTF8(arg, strlen(arg));
  return witrt_wasi_push_arg(wasi, &text);
}

/* Runs the command; the status, or -1 for an error, which goes to `error`. */
static int run(int form, const witrt_wasi_t* wasi, witrt_error_t** error) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = probe(store, form);
  CHECK(witrt_store_set_wasi(store, wasi, NULL));
  wasm_instance_t* instance = witrt_instance_new(store, module, NULL, NULL);
  REQUIRE(instance);
  int32_t status = -1;
  *error = NULL;
  bool ended = witrt_instance_run(instance, &status, error);
  CHECK_EQ(ended, *error == NULL);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  return status;
}

/* The same where it ends well. */
static void runs(int form, witrt_wasi_t* wasi, written_t* out, const char* expected) {
  witrt_error_t* error;
  CHECK_EQ(run(form, wasi, &error), 0);
  if (error) fprintf(stderr, "%s\n", witrt_error_message(error));
  witrt_error_delete(error);
  if (!CHECK(!strcmp(out->text, expected))) fprintf(stderr, "  %s", out->text);
  CHECK_EQ(out->ended, 0);
  witrt_wasi_delete(wasi);
  CHECK_EQ(out->ended, 1);
}

/* Text in the encodings that hosts have. */
static void arguments(int form) {
  written_t out;
  witrt_wasi_t* wasi = a_wasi(&out, "args");
  static const uint16_t utf16[] = {0xfc, 0xd83e, 0xdd80};
  static const uint8_t latin1[] = {0xfc};
  static const uint32_t utf32[] = {0x1f980};
  wasm_string_t texts[] = {
      WASM_STRING_UTF16(utf16, 3),
      {latin1, 1, WASM_LATIN1, 0, 0},
      {utf32, 1, WASM_UTF32, 0, 0},
  };
  for (int i = 0; i < 3; i++) CHECK(witrt_wasi_push_arg(wasi, &texts[i]));
  wasm_string_t nul = {"a\0b", 3, WASM_UTF8, 0, 0};
  CHECK(!witrt_wasi_push_arg(wasi, &nul));
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_BAD_TEXT);
  /* Where it is, in units of the host's, not of UTF-8. */
  static const uint16_t nul16[] = {0xfc, 0xd83e, 0xdd80, 0}, lone[] = {'a', 0xfc, 0xd800};
  static const uint32_t nul32[] = {0x1f980, 0};
  static const uint8_t nul8[] = {0xfc, 0xfc, 0};
  wasm_string_t bad_texts[] = {
      WASM_STRING_UTF16(nul16, 4),
      {nul8, 3, WASM_LATIN1, 0, 0},
      {nul32, 2, WASM_UTF32, 0, 0},
      WASM_STRING_UTF16(lone, 3),
  };
  static const size_t places[] = {3, 2, 1, 2};
  for (int i = 0; i < 4; i++) {
    size_t at = 0;
    CHECK(!witrt_wasi_push_arg(wasi, &bad_texts[i]));
    CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_BAD_TEXT);
    CHECK(witrt_error_position(witrt_error_last(), &at) && at == places[i]);
    CHECK(!witrt_wasi_set_stdin_file(wasi, &bad_texts[i]));
    CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_BAD_TEXT);
  }
  runs(form, wasi, &out, "[probe]\n[args]\n[ü🦀]\n[ü]\n[🦀]\n");

  wasi = a_wasi(&out, "env");
  wasm_string_t name = WASM_STRING_LIT("K"), empty = WASM_STRING_LIT("");
  wasm_string_t bad = WASM_STRING_LIT("A=B");
  CHECK(witrt_wasi_set_env(wasi, &name, &empty));
  CHECK(witrt_wasi_set_env(wasi, &name, &texts[0]));
  CHECK(!witrt_wasi_set_env(wasi, &bad, &name) && !witrt_wasi_set_env(wasi, &empty, &name));
  runs(form, wasi, &out, "K=ü🦀\n");

  setenv("WITRT_TEST_OF_WASI", "inherited", 1);
  wasi = a_wasi(&out, "env");
  CHECK(witrt_wasi_inherit(wasi, WITRT_WASI_ENV));
  CHECK(!witrt_wasi_inherit(wasi, 64));
  witrt_error_t* error;
  CHECK_EQ(run(form, wasi, &error), 0);
  CHECK(strstr(out.text, "WITRT_TEST_OF_WASI=inherited\n"));
  witrt_wasi_delete(wasi);
}

static size_t give(void* env, wasm_byte_t* room, size_t size) {
  const char** left = env;
  size_t count = strlen(*left) < 3 ? strlen(*left) : 3;
  REQUIRE(size >= count);
  memcpy(room, *left, count);
  *left += count;
  return count;
}

static size_t fail(void* env, wasm_byte_t* room, size_t size) {
  (void)env, (void)room, (void)size;
  return SIZE_MAX;
}

/* What a callback may do with the store that runs: nothing. */
static wasm_store_t* running;
static size_t busy(void* env, wasm_byte_t* room, size_t size) {
  (void)env, (void)room, (void)size;
  witrt_wasi_t* wasi = witrt_wasi_new();
  CHECK(!witrt_store_set_wasi(running, wasi, NULL));
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_STORE_BUSY);
  witrt_wasi_delete(wasi);
  return 0;
}

static void input(int form) {
  written_t out;
  witrt_wasi_t* wasi = a_wasi(&out, "cat");
  CHECK(witrt_wasi_set_stdin_bytes(wasi, "some\0thing", 10));
  witrt_error_t* error;
  CHECK_EQ(run(form, wasi, &error), 0);
  CHECK(out.size == 10 && !memcmp(out.text, "some\0thing", 10));
  /* From the start again. */
  CHECK_EQ(run(form, wasi, &error), 0);
  CHECK_EQ(out.size, 20);
  witrt_wasi_delete(wasi);

  const char* left = "a text that comes in pieces";
  wasi = a_wasi(&out, "cat");
  CHECK(!witrt_wasi_set_stdin_callback(wasi, NULL, NULL, NULL));
  CHECK(witrt_wasi_set_stdin_callback(wasi, give, &left, NULL));
  runs(form, wasi, &out, "a text that comes in pieces");

  wasi = a_wasi(&out, "cat");
  CHECK(witrt_wasi_set_stdin_callback(wasi, fail, NULL, NULL));
  CHECK(run(form, wasi, &error) > 0);
  witrt_wasi_delete(wasi);

  wasi = a_wasi(&out, "cat");
  CHECK(witrt_wasi_set_stdin_callback(wasi, busy, NULL, NULL));
  running = wasm_store_new(engine);
  wasm_module_t* module = probe(running, form);
  CHECK(witrt_store_set_wasi(running, wasi, NULL));
  wasm_instance_t* instance = wasm_instance_new(running, module, NULL, NULL);
  CHECK(witrt_instance_run(instance, NULL, NULL));
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(running);
  witrt_wasi_delete(wasi);
}

static void output(int form) {
  written_t out, lines;
  witrt_wasi_t* wasi = a_wasi(&out, "part");
  CHECK(add(wasi, "0"));
  lines = (written_t){.most = 1000};
  CHECK(witrt_wasi_set_stdout_callback(wasi, take, true, &lines, end));
  CHECK_EQ(out.ended, 1);
  witrt_error_t* error;
  CHECK_EQ(run(form, wasi, &error), 0);
  CHECK(!strcmp(lines.text, "whole\npart"));
  CHECK_EQ(lines.calls, 2);
  witrt_wasi_delete(wasi);
  CHECK_EQ(lines.ended, 1);

  /* What is refused is a failure of the guest's write, which ends it here. */
  wasi = a_wasi(&out, "spam");
  CHECK(run(form, wasi, &error) > 0);
  CHECK(out.size > 8000);
  witrt_wasi_delete(wasi);

  wasi = a_wasi(&out, "both");
  lines = (written_t){.most = 1000};
  CHECK(!witrt_wasi_set_stderr_callback(wasi, NULL, true, NULL, NULL));
  CHECK(witrt_wasi_set_stderr_callback(wasi, take, false, &lines, end));
  runs(form, wasi, &out, "out\n");
  CHECK(!strcmp(lines.text, "err\n"));
}

static void files(int form) {
  mkdir("wasi-files", 0755);
  FILE* f = fopen("wasi-files/note", "w");
  REQUIRE(f);
  fputs("a note\n", f);
  fclose(f);
  wasm_string_t host = WASM_STRING_LIT("wasi-files"), none = WASM_STRING_LIT("wasi-none");
  static const uint16_t name[] = {'/', 0xfc};
  wasm_string_t guest = WASM_STRING_UTF16(name, 2), path = WASM_STRING_LIT("wasi-files/note");
  written_t out;
  witrt_wasi_t* wasi = a_wasi(&out, "read");
  CHECK(add(wasi, "/ü/note"));
  CHECK(!witrt_wasi_preopen_dir(wasi, &none, &guest, WITRT_WASI_READ));
  CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_UNREADABLE_FILE);
  CHECK(!witrt_wasi_preopen_dir(wasi, &host, &guest, 7));
  CHECK(witrt_wasi_preopen_dir(wasi, &host, &guest, WITRT_WASI_READ));
  runs(form, wasi, &out, "/ü/note: ok\na note\n");

  wasi = a_wasi(&out, "cat");
  CHECK(!witrt_wasi_set_stdin_file(wasi, &none));
  CHECK(witrt_wasi_set_stdin_file(wasi, &path));
  runs(form, wasi, &out, "a note\n");

  wasi = a_wasi(&out, "both");
  wasm_string_t to = WASM_STRING_LIT("wasi-files/out");
  CHECK(!witrt_wasi_set_stdout_file(wasi, &host) && !witrt_wasi_set_stderr_file(wasi, &host));
  CHECK(witrt_wasi_set_stdout_file(wasi, &to));
  CHECK_EQ(out.ended, 1);
  witrt_error_t* error;
  CHECK_EQ(run(form, wasi, &error), 0);
  witrt_wasi_delete(wasi);
  f = fopen("wasi-files/out", "r");
  REQUIRE(f);
  char text[10] = "";
  CHECK_EQ(fread(text, 1, 9, f), 4);
  CHECK(!strcmp(text, "out\n"));
  fclose(f);
}

static void repeats(int form) {
  char first[200];
  for (int i = 0; i < 2; i++) {
    written_t out;
    witrt_wasi_t* wasi = a_wasi(&out, i ? "random" : "clocks");
    CHECK(witrt_wasi_set_clocks(wasi, 1000000000000000000, 1) && witrt_wasi_set_random_seed(wasi, 9));
    witrt_error_t* error;
    CHECK_EQ(run(form, wasi, &error), 0);
    strcpy(first, out.text);
    CHECK_EQ(run(form, wasi, &error), 0);
    CHECK(out.size == 2 * strlen(first) && !strcmp(out.text + strlen(first), first));
    witrt_wasi_delete(wasi);
  }
}

static void exits(int form) {
  written_t out;
  witrt_wasi_t* wasi = a_wasi(&out, "exit");
  CHECK(add(wasi, "3"));
  int expected = form ? 1 : 3;
  witrt_error_t* error;
  CHECK_EQ(run(form, wasi, &error), expected);

  /* As a call it is a trap, with its own number and the status. */
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = probe(store, form);
  CHECK(witrt_store_set_wasi(store, wasi, NULL));
  witrt_wasi_delete(wasi);
  wasm_instance_t* instance = wasm_instance_new(store, module, NULL, NULL);
  const char* name = form ? "wasi:cli/run#run" : "_start";
  wasm_extern_t* start = witrt_instance_export(instance, name, strlen(name));
  REQUIRE(start);
  wasm_val_t result = WASM_INIT_VAL;
  wasm_val_vec_t results = {form ? 1 : 0, &result};
  wasm_trap_t* trap = wasm_func_call(wasm_extern_as_func(start), NULL, &results);
  REQUIRE(trap);
  CHECK_EQ(witrt_trap_code(trap), WITRT_TRAP_EXITED);
  int32_t status = -1;
  CHECK(witrt_trap_exit_status(trap, &status) && status == expected);
  status = -1;
  CHECK(witrt_error_exit_status(witrt_error_last(), &status) && status == expected);
  wasm_trap_delete(trap);
  /* A core module may go on; a component is dead. */
  trap = wasm_func_call(wasm_extern_as_func(start), NULL, &results);
  CHECK_EQ(witrt_error_kind(witrt_error_last()), form ? WITRT_ERROR_POISONED : WITRT_ERROR_TRAP);
  CHECK_EQ(witrt_trap_exit_status(trap, &status), form == 0);
  wasm_trap_delete(trap);
  wasm_extern_delete(start);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);

  wasi = a_wasi(&out, "trap");
  CHECK_EQ(run(form, wasi, &error), -1);
  CHECK_EQ(witrt_error_trap_code(error), WITRT_TRAP_UNREACHABLE);
  CHECK(!witrt_error_exit_status(error, &status) && !strcmp(out.text, "before "));
  witrt_error_delete(error);
  witrt_wasi_delete(wasi);
}

static wasm_trap_t* log_line(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  ++*(int*)env;
  return NULL;
}

/* A reactor with an import of the host's, linked in every way. */
static void reactor(void) {
  written_t out;
  witrt_wasi_t* wasi = a_wasi(&out, "");
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load(store, WASI "/guest-stdio.wasm");
  int logged = 0;
  wasm_importtype_vec_t types;
  wasm_module_imports(module, &types);
  wasm_extern_vec_t all;
  wasm_extern_vec_new_uninitialized(&all, types.size);
  wasm_extern_t* log = NULL;
  for (size_t i = 0; i < types.size; i++) {
    all.data[i] = NULL;
    if (wasm_importtype_module(types.data[i])->size != 4) continue;
    const wasm_functype_t* type = wasm_externtype_as_functype_const(wasm_importtype_type(types.data[i]));
    wasm_func_t* func = wasm_func_new_with_env(store, type, log_line, &logged, NULL);
    log = all.data[i] = wasm_func_as_extern(func);
  }
  wasm_importtype_vec_delete(&types);
  REQUIRE(log);
  wasm_extern_vec_t one = {1, &log};
  witrt_error_t* error;

  CHECK(!witrt_instance_new(store, module, &all, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_MISSING_IMPORT);
  CHECK(strstr(witrt_error_message(error), "not given WASI"));
  witrt_error_delete(error);
  CHECK(!witrt_instance_new(store, module, &one, &error));
  CHECK_EQ(witrt_error_kind(error), WITRT_ERROR_WRONG_COUNT);
  witrt_error_delete(error);

  CHECK(witrt_store_set_wasi(store, wasi, &error) && !error);
  CHECK(!witrt_store_set_wasi(store, NULL, NULL) && !witrt_store_set_wasi(NULL, wasi, NULL));
  witrt_wasi_delete(wasi);
  wasm_instance_t* made[4];
  made[0] = witrt_instance_new(store, module, &all, NULL);
  made[1] = witrt_instance_new(store, module, &one, NULL);
  made[2] = wasm_instance_new(store, module, &one, NULL);
  witrt_linker_t* linker = witrt_linker_new();
  CHECK(witrt_linker_define(linker, "host", 4, "log", 3, log));
  made[3] = witrt_linker_instantiate(linker, store, module, NULL);
  witrt_linker_delete(linker);
  for (int i = 0; i < 4; i++) REQUIRE(made[i]);
  /* `_initialize` has run, once for each. */
  CHECK_EQ(logged, 4);
  wasm_extern_t* ready = witrt_instance_export(made[3], "ready", 5);
  wasm_val_t result = WASM_INIT_VAL;
  wasm_val_vec_t results = {1, &result};
  CHECK(!wasm_func_call(wasm_extern_as_func(ready), NULL, &results) && result.of.i32 == 42);
  wasm_extern_delete(ready);
  int32_t status = 7;
  CHECK(!witrt_instance_run(made[3], &status, &error));
  CHECK(witrt_error_kind(error) == WITRT_ERROR_OUT_OF_RANGE && status == 7);
  witrt_error_delete(error);
  for (int i = 0; i < 4; i++) wasm_instance_delete(made[i]);
  wasm_extern_vec_delete(&all);
  wasm_module_delete(module);
  wasm_store_delete(store);
  CHECK_EQ(out.ended, 1);
}

/* Addresses are looked at when they are given. */
static void network(void) {
  witrt_wasi_t* wasi = witrt_wasi_new();
  static const char* const good[] = {"127.0.0.1:80", "[::1]:80", "10.0.0.0/8", "::1"};
  static const char* const bad[] = {"", "localhost", "10.0.0.0/33", "1.2.3.4:99999"};
  for (int i = 0; i < 4; i++) {
    wasm_string_t text = WASM_STRING_UTF8(good[i], strlen(good[i]));
    CHECK(witrt_wasi_allow_address(wasi, &text));
    text = (wasm_string_t)WASM_STRING_UTF8(bad[i], strlen(bad[i]));
    CHECK(!witrt_wasi_allow_address(wasi, &text));
    CHECK_EQ(witrt_error_kind(witrt_error_last()), WITRT_ERROR_OUT_OF_RANGE);
  }
  CHECK(witrt_wasi_allow_network(wasi) && witrt_wasi_allow_name_lookup(wasi));
  CHECK(witrt_wasi_set_max_handles(wasi, 10));
  CHECK(!witrt_wasi_set_max_handles(NULL, 10) && !witrt_wasi_allow_network(NULL));
  witrt_wasi_delete(wasi);
  witrt_wasi_delete(NULL);
}

/* Takes one connection, and gives back what comes. */
static void* echo(void* env) {
  int one = accept(*(int*)env, NULL, NULL);
  char text[100];
  for (ssize_t size; (size = read(one, text, sizeof text)) > 0;) CHECK_EQ(write(one, text, (size_t)size), size);
  close(one);
  return NULL;
}

static wasm_trap_t* nothing(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  return NULL;
}

/* A component connects to where it may: what comes back is a result. */
static void connections(void) {
  int listens = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof at;
  REQUIRE(!bind(listens, (struct sockaddr*)&at, size) && !listen(listens, 1));
  REQUIRE(!getsockname(listens, (struct sockaddr*)&at, &size));
  uint16_t port = ntohs(at.sin_port);
  pthread_t thread;
  REQUIRE(!pthread_create(&thread, NULL, echo, &listens));
  char address[30];
  snprintf(address, sizeof address, "127.0.0.1:%u", port);
  for (int is_allowed = 0; is_allowed < 2; is_allowed++) {
    witrt_wasi_t* wasi = witrt_wasi_new();
    wasm_string_t text = WASM_STRING_UTF8(address, strlen(address));
    if (is_allowed) CHECK(witrt_wasi_allow_address(wasi, &text));
    wasm_store_t* store = wasm_store_new(engine);
    CHECK(witrt_store_set_wasi(store, wasi, NULL));
    witrt_wasi_delete(wasi);
    wasm_module_t* module = load(store, WASI "/direct.wasm");
    witrt_linker_t* linker = witrt_linker_new();
    wasm_functype_t* type = wasm_functype_new_0_0();
    wasm_func_t* host = wasm_func_new(store, type, nothing);
    CHECK(witrt_linker_define(linker, "", 0, "host", 4, wasm_func_as_extern(host)));
    wasm_instance_t* instance = witrt_linker_instantiate(linker, store, module, NULL);
    REQUIRE(instance);
    wasm_extern_t* ask = witrt_instance_export(instance, "ask", 3);
    wasm_string_t hello = WASM_STRING_LIT16(u"grüß dich");
    wasm_val_t args[] = {WASM_U16_VAL(port), WASM_STRING_VAL(&hello)};
    wasm_val_t result = WASM_INIT_VAL;
    wasm_val_vec_t in = WASM_ARRAY_VEC(args), out = {1, &result};
    CHECK(!wasm_func_call(wasm_extern_as_func(ask), &in, &out));
    const wasm_variant_t* answer = result.of.variant;
    REQUIRE(result.kind == WASM_RESULT && answer->index == (is_allowed ? 0u : 1u));
    /* `access-denied` is the second code. */
    static const char expected[] = "grüß dich";
    if (is_allowed) {
      const wasm_string_t* said = answer->val.of.string;
      CHECK(said->size == strlen(expected) && !memcmp(said->data, expected, said->size));
    } else {
      CHECK_EQ(answer->val.of.u32, 1);
    }
    wasm_val_delete(&result);
    wasm_extern_delete(ask);
    wasm_instance_delete(instance);
    witrt_linker_delete(linker);
    wasm_func_delete(host);
    wasm_functype_delete(type);
    wasm_module_delete(module);
    wasm_store_delete(store);
  }
  pthread_join(thread, NULL);
  close(listens);
}

static witrt_wasi_t* gone;

static void delete_it(void* env) {
  (void)env;
  witrt_wasi_delete(gone);
}

/* A finalizer may delete the object that it belonged to. */
static void finalizers(void) {
  written_t out = {.most = 0};
  gone = witrt_wasi_new();
  CHECK(witrt_wasi_set_stdout_callback(gone, take, false, NULL, delete_it));
  CHECK(witrt_wasi_set_stdout_callback(gone, take, false, &out, end));
  CHECK_EQ(out.ended, 1);
  /* Whatever takes the callback's place. */
  for (int way = 0; way < 4; way++) {
    wasm_string_t path = WASM_STRING_LIT("wasi-files/out");
    gone = witrt_wasi_new();
    CHECK(witrt_wasi_set_stdin_callback(gone, fail, NULL, way == 3 ? NULL : delete_it));
    CHECK(witrt_wasi_set_stderr_callback(gone, take, true, NULL, way == 3 ? delete_it : NULL));
    if (way == 0) CHECK(witrt_wasi_set_stdin_bytes(gone, "x", 1));
    if (way == 1) CHECK(witrt_wasi_set_stdin_file(gone, &path));
    if (way == 2) CHECK(witrt_wasi_inherit(gone, WITRT_WASI_STDIN | WITRT_WASI_STDOUT));
    if (way == 3) CHECK(witrt_wasi_set_stderr_file(gone, &path));
  }
  /* As may that of a store which gets another. */
  wasm_store_t* store = wasm_store_new(engine);
  witrt_wasi_t* first = witrt_wasi_new();
  CHECK(witrt_wasi_set_stdout_callback(first, take, false, NULL, delete_it));
  CHECK(witrt_store_set_wasi(store, first, NULL));
  witrt_wasi_delete(first);
  gone = witrt_wasi_new();
  CHECK(witrt_store_set_wasi(store, gone, NULL));
  wasm_store_delete(store);
}

int main(void) {
  engine = wasm_engine_new();
  REQUIRE(engine);
  for (int form = 0; form < 2; form++) {
    arguments(form);
    input(form);
    output(form);
    files(form);
    repeats(form);
    exits(form);
  }
  reactor();
  network();
  connections();
  finalizers();
  for (int form = 0; form < 2; form++) wasm_shared_module_delete(shared[form]);
  wasm_engine_delete(engine);
  return check_result();
}
