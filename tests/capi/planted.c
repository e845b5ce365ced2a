/* One mistake for each name: each must be noticed by the checker that is
 * looking. */

#include <pthread.h>

#include "guest.h"

/* Returns once two threads are here. What they do next is ordered by nothing,
 * and neither has come to its end before the other: whatever the schedule, a
 * checker of orders sees a race. */
static void meet(void) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  static pthread_cond_t both = PTHREAD_COND_INITIALIZER;
  static int here;
  pthread_mutex_lock(&mutex);
  if (++here == 2) pthread_cond_broadcast(&both);
  while (here < 2) pthread_cond_wait(&both, &mutex);
  pthread_mutex_unlock(&mutex);
}

static int shared;
static void* count(void* unused) {
  (void)unused;
  meet();
  shared++;
  return NULL;
}

/* A configuration belongs to one thread at a time. */
static void* configure(void* config) {
  meet();
  for (size_t i = 0; i < 1000; i++) witrt_config_set_max_instances(config, i);
  return NULL;
}

int main(int argc, char** argv) {
  const char* mistake = argc > 1 ? argv[1] : "";
  if (strcmp(mistake, "use-after-free") == 0) {
    wasm_byte_vec_t bytes;
    wasm_byte_vec_new(&bytes, 4, "text");
    const char* data = bytes.data;
    wasm_byte_vec_delete(&bytes);
    printf("%d\n", data[0]);
  } else if (strcmp(mistake, "overflow") == 0) {
    int sum = INT32_MAX;
    sum += argc;
    printf("%d\n", sum);
  } else if (strcmp(mistake, "leak") == 0) {
    /* An object of the library, which only a checker that sees the library's
     * memory can miss. */
    for (int i = 0; i < 10; i++) wasm_valtype_new_i32();
  } else if (strcmp(mistake, "race") == 0) {
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) REQUIRE(pthread_create(&threads[i], NULL, count, NULL) == 0);
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    printf("%d\n", shared);
  } else if (strcmp(mistake, "library-race") == 0) {
    wasm_config_t* config = wasm_config_new();
    pthread_t thread;
    REQUIRE(pthread_create(&thread, NULL, configure, config) == 0);
    configure(config);
    pthread_join(thread, NULL);
    wasm_config_delete(config);
  } else if (strcmp(mistake, "library-overrun") == 0) {
    /* It is the library that reads past the end. */
    wasm_valtype_t** one = malloc(sizeof *one);
    one[0] = wasm_valtype_new_i32();
    wasm_valtype_vec_t vec;
    wasm_valtype_vec_new(&vec, 2 + (size_t)argc % 2, one);
    printf("%zu\n", vec.size);
  } else if (strcmp(mistake, "check") == 0) {
    CHECK(1 == 2);
  }
  return check_result();
}
