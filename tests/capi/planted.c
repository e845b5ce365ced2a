/* One mistake for each name: each must be noticed by the checker that is
 * looking. */

#include <pthread.h>

#include "guest.h"

static int shared;
static void* count(void* unused) {
  (void)unused;
  shared++;
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
  } else if (strcmp(mistake, "check") == 0) {
    CHECK(1 == 2);
  }
  return check_result();
}
