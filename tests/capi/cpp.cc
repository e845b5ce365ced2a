// The header from C++17: the same calls, without C's designated initialisers.

#include <string>
#include <string_view>

#include "guest.h"

static wasm_trap_t* twice(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  ++*static_cast<int*>(env);
  std::u16string text(wasm_string_length(args->data[0].of.string, WASM_UTF16), u'\0');
  std::size_t written = 0;
  CHECK(wasm_string_read(args->data[0].of.string, WASM_UTF16, &text[0], text.size(), &written));
  text += text;
  results->data[0].kind = WASM_STRING;
  results->data[0].of.string = wasm_string_new(WASM_UTF16, text.data(), text.size());
  return nullptr;
}

int main() {
  guest_t g;
  guest_start(&g);
  int calls = 0;
  wasm_functype_t* type =
    wasm_functype_new_1_1(wasm_valtype_new(WASM_STRING), wasm_valtype_new(WASM_STRING));
  wasm_func_t* func = wasm_func_new_with_env(g.store, type, twice, &calls, nullptr);
  wasm_functype_delete(type);
  wasm_extern_t* import[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(import);
  guest_load(&g,
    R"((module
      (@interface import "" "twice" (func $twice (param string) (result string)))
      (@interface func (export "f") (param string) (result string) arg.get 0 call-adapter $twice)))",
    &imports);

  std::u16string_view text = u"añ\U0001F980";
  wasm_string_t string = WASM_STRING_UTF16(text.data(), text.size());
  wasm_val_t arg[1] = {}, result[1] = {};
  arg[0].kind = WASM_STRING;
  arg[0].of.string = &string;
  wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
  wasm_trap_t* trap = wasm_func_call(guest_func(&g, 0), &args, &results);
  if (!CHECK(trap == nullptr)) std::fprintf(stderr, "  %s\n", message_of(trap));
  REQUIRE(result[0].kind == WASM_STRING);
  std::string back(wasm_string_length(result[0].of.string, WASM_UTF8), '\0');
  std::size_t written = 0;
  CHECK(wasm_string_read(result[0].of.string, WASM_UTF8, &back[0], back.size(), &written));
  CHECK(back == u8"añ\U0001F980añ\U0001F980");
  CHECK_EQ(calls, 1);
  wasm_val_delete(&result[0]);
  wasm_func_delete(func);
  guest_close(&g);
  return check_result();
}
