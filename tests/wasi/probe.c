/* A command for tests of WASI: its first argument says what it does. What goes
 * wrong is told by the number of the C library's error. Compiled by build.sh, for
 * preview 1, and of that made a component for WASI 0.2. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern char** environ;

static int told(const char* what, int result) {
  if (result < 0) printf("%s: errno %d\n", what, errno);
  else printf("%s: ok\n", what);
  return result;
}

static int cat(int from) {
  char bytes[1000];
  ssize_t size;
  while ((size = read(from, bytes, sizeof bytes)) > 0)
    for (ssize_t at = 0; at < size;) {
      ssize_t written = write(1, bytes + at, (size_t)(size - at));
      if (written < 0) return errno;
      at += written;
    }
  return size < 0 ? errno : 0;
}

static void show(const char* path) {
  int file = open(path, O_RDONLY);
  if (told(path, file) < 0) return;
  fflush(stdout);
  cat(file);
  close(file);
}

static void put(const char* path, const char* text) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (told(path, file) < 0) return;
  told("write", (int)write(file, text, strlen(text)));
  close(file);
}

static int by_name(const void* a, const void* b) { return strcmp(*(char**)a, *(char**)b); }

static void list(const char* path) {
  DIR* dir = opendir(path);
  if (told(path, dir ? 0 : -1) < 0) return;
  char* names[100];
  size_t count = 0;
  for (struct dirent* entry; (entry = readdir(dir)) && count < 100;)
    if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) names[count++] = strdup(entry->d_name);
  closedir(dir);
  qsort(names, count, sizeof *names, by_name);
  for (size_t i = 0; i < count; i++) printf("- %s\n", names[i]);
}

static void now(clockid_t clock) {
  struct timespec at;
  if (clock_gettime(clock, &at) == 0) printf("%lld.%09ld\n", (long long)at.tv_sec, at.tv_nsec);
}

int main(int count, char** args) {
  const char* what = count > 1 ? args[1] : "";
  const char* a = count > 2 ? args[2] : "";
  const char* b = count > 3 ? args[3] : "";
  if (!strcmp(what, "args"))
    for (int i = 0; i < count; i++) printf("[%s]\n", args[i]);
  else if (!strcmp(what, "env"))
    for (char** entry = environ; *entry; entry++) printf("%s\n", *entry);
  else if (!strcmp(what, "cat")) return cat(0);
  else if (!strcmp(what, "both")) fprintf(stdout, "out\n"), fflush(stdout), fprintf(stderr, "err\n");
  else if (!strcmp(what, "read")) show(a);
  else if (!strcmp(what, "write")) put(a, b);
  else if (!strcmp(what, "list")) list(a);
  else if (!strcmp(what, "mkdir")) told(a, mkdir(a, 0755));
  else if (!strcmp(what, "remove")) told(a, unlink(a));
  else if (!strcmp(what, "rename")) told(a, rename(a, b));
  else if (!strcmp(what, "link")) told(b, symlink(a, b));
  else if (!strcmp(what, "clocks")) now(CLOCK_REALTIME), now(CLOCK_MONOTONIC), now(CLOCK_MONOTONIC);
  else if (!strcmp(what, "random")) {
    unsigned char bytes[8];
    getentropy(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) printf("%02x", bytes[i]);
    printf("\n");
  } else if (!strcmp(what, "sleep")) usleep((useconds_t)atoi(a) * 1000), printf("slept\n");
  else if (!strcmp(what, "exit")) exit(atoi(a));
  else if (!strcmp(what, "trap")) printf("before "), fflush(stdout), __builtin_trap();
  else if (!strcmp(what, "part")) printf("whole\npart"), fflush(stdout), exit(atoi(a));
  else if (!strcmp(what, "spam")) {
    char line[1000];
    memset(line, 's', sizeof line);
    for (;;)
      if (write(1, line, sizeof line) < 0) return errno;
  } else if (!strcmp(what, "hoard")) {
    int most = atoi(b), opened = 0;
    while (opened < most && open(a, O_RDONLY) >= 0) opened++;
    printf("opened %d\n", opened);
  } else if (!strcmp(what, "grow")) {
    size_t mebibytes = 0;
    void* volatile last; /* or the compiler leaves out what it is for */
    while (mebibytes < 1000 && (last = malloc(1 << 20))) mebibytes++;
    printf("%zu\n", mebibytes);
  } else return 2;
  return 0;
}
