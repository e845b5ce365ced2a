/* Instances: two hundred thousand of them in one store, each with host
 * information that is finalized once. */

#include "guest.h"

enum { COUNT = 100000 };

static int live;
static void finalize(void* info) {
  live--;
  (*(int*)info)++;
}

int main(void) {
  static int finalized[2 * COUNT];
  guest_t g;
  guest_start(&g);
  g.module = module_of(g.store, "(module (func) (func (export \"f\")))");
  REQUIRE(g.module);
  /* Once with the handle deleted at once, once with it kept for a while. */
  static wasm_instance_t* kept[COUNT];
  for (int i = 0; i < COUNT; i++) {
    wasm_instance_t* instance = wasm_instance_new(g.store, g.module, NULL, NULL);
    if (!instance) break;
    wasm_instance_set_host_info_with_finalizer(instance, &finalized[i], finalize);
    live++;
    wasm_instance_delete(instance);
  }
  for (int i = 0; i < COUNT; i++) {
    kept[i] = wasm_instance_new(g.store, g.module, NULL, NULL);
    if (!kept[i]) break;
    wasm_instance_set_host_info_with_finalizer(kept[i], &finalized[COUNT + i], finalize);
    live++;
  }
  for (int i = COUNT; i-- > 0;) {
    if (kept[i] && wasm_instance_get_host_info(kept[i]) != &finalized[COUNT + i]) CHECK(!"host information");
    wasm_instance_delete(kept[i]);
  }
  guest_close(&g);
  CHECK_EQ(live, 0);
  int once = 0;
  for (int i = 0; i < 2 * COUNT; i++) once += finalized[i] == 1;
  CHECK_EQ(once, 2 * COUNT);
  return check_result();
}
