/* Every call of the table of cases that all languages share, `tests/cases.txt`, which says how
 * it is written: with values that are made and told by what the types say, in both
 * encodings of hosts. */

#include "notation.h"

#define TESTS MODULES "/../"

/* The host that components import. */
static int open_sinks;
typedef struct {
  size_t size;
  char name[100];
} sink_t;

static void sink_drop(void* data) {
  sink_t* sink = data;
  tell(&logged, "  host.sink dropped ");
  quote(&logged, sink->name, sink->size);
  tell(&logged, "\n");
  open_sinks--;
  free(sink);
}

static void digest_of(const wasm_val_t* arg, wasm_val_t* result) {
  const wasm_list_t* data = arg->of.list;
  uint8_t* digest = room(2);
  digest[0] = (uint8_t)data->size;
  for (size_t i = 0; i < data->size; i++) digest[1] ^= ((const uint8_t*)data->data)[i];
  wasm_list_t* list = room(sizeof *list);
  *list = (wasm_list_t)WASM_LIST_OF(WASM_U8, digest, 2);
  result->of.list = list;
}

static wasm_trap_t* host(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  const char* name = env;
  const wasm_val_t* arg = args->data;
  wasm_val_t* result = results->data;
  size_t size = 0, most;
  char *text = NULL, *made;
  for (size_t i = 0; i < args->size; i++) {
    if (arg[i].kind == WASM_STRING) text = utf8(arg[i].of.string, &size);
  }
  if (!strcmp(name, "log")) {
    tell(&logged, "  host.log %u ", arg[0].of.u32);
    quote(&logged, text, size);
    tell(&logged, "\n");
  } else if (!strcmp(name, "ask")) {
    made = room(size + 20);
    if (size == 0 || !strcmp(text, "z")) most = (size_t)sprintf(made, "é%s🦀", text);
    else if (!strcmp(text, "latin")) most = (size_t)sprintf(made, "ÿlatin");
    else most = (size_t)sprintf(made, "answer to %s", text);
    result->of.string = string_of(made, most);
  } else if (!strcmp(name, "digest")) {
    digest_of(arg, result);
  } else if (!strcmp(name, "find")) {
    wasm_val_t* some = room(sizeof *some);
    made = room(size + 10);
    most = (size_t)sprintf(made, "found %s", text);
    *some = (wasm_val_t)WASM_STRING_VAL(string_of(made, most));
    result->of.option = size > 1 ? some : NULL;
  } else if (!strcmp(name, "lookup")) {
    wasm_variant_t* found = room(sizeof *found);
    wasm_list_t* list = room(sizeof *list);
    wasm_val_t *points = room(2 * sizeof *points), *xy = room(4 * sizeof *xy);
    wasm_val_vec_t* both = room(2 * sizeof *both);
    int at[] = {1, -2, (int)wasm_string_length(arg[0].of.string, WASM_UTF32), 0};
    for (int i = 0; i < 4; i++) xy[i] = (wasm_val_t)WASM_S32_VAL(at[i]);
    for (int i = 0; i < 2; i++) {
      both[i] = (wasm_val_vec_t){2, &xy[2 * i]};
      points[i] = (wasm_val_t)WASM_RECORD_VAL(&both[i]);
    }
    *list = (wasm_list_t)WASM_LIST_OF_VALS(points, 2);
    made = room(size + 10);
    most = (size_t)sprintf(made, "no %s", text);
    if (size > 1) *found = (wasm_variant_t){0, WASM_LIST_VAL(list)};
    else *found = (wasm_variant_t){1, WASM_STRING_VAL(string_of(made, most))};
    result->of.variant = found;
  } else if (!strcmp(name, "now")) {
    result->of.u64 = UINT64_MAX;
  } else if (!strcmp(name, "[constructor]sink")) {
    sink_t* sink = calloc(1, sizeof *sink);
    sink->size = size;
    memcpy(sink->name, text, size);
    open_sinks++;
    result->of.resource = wasm_resource_new(sink, sink_drop, NULL);
  } else if (!strcmp(name, "[method]sink.write")) {
    const sink_t* sink = wasm_resource_data(arg[0].of.resource);
    tell(&logged, "  host.sink ");
    quote(&logged, sink->name, sink->size);
    tell(&logged, " ");
    quote(&logged, text, size);
    tell(&logged, "\n");
    result->of.u32 = (uint32_t)wasm_string_length(arg[1].of.string, WASM_UTF32);
  } else {
    CHECK(!strcmp(name, "[static]sink.open-sinks"));
    result->of.u32 = (uint32_t)open_sinks;
  }
  return NULL;
}

/* A value by itself. */
static void show_val(const wasm_val_t* val) {
  size_t size;
  switch (val->kind) {
  case WASM_STRING: {
    char* text = utf8(val->of.string, &size);
    quote(&logged, text, size);
    break;
  }
  case WASM_LIST: tell(&logged, "%zu", val->of.list->size); break;
  case WASM_F64: show_float(&logged, val->of.f64); break;
  case WASM_S16: tell(&logged, "%d", val->of.s16); break;
  case WASM_U8: tell(&logged, "%u", val->of.u8); break;
  case WASM_S32: tell(&logged, "%d", val->of.s32); break;
  default: tell(&logged, "%u", val->of.u32);
  }
}

/* What a host of others is told: every call. The name is what it is called in the module,
 * by wasm-bindgen of old with more around it. */
static wasm_trap_t* teller(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  char name[100] = "";
  if (sscanf(env, "__wbg_%99[a-z]", name) != 1) snprintf(name, sizeof name, "%s", (const char*)env);
  const wasm_val_t* arg = args->data;
  wasm_val_t* result = results->data;
  size_t size = 0, most;
  char *text = "", *made;
  tell(&logged, "  host.%s", name);
  for (size_t i = 0; i < args->size; i++) {
    tell(&logged, " ");
    show_val(&arg[i]);
    if (arg[i].kind == WASM_STRING) text = utf8(arg[i].of.string, &size);
  }
  tell(&logged, "\n");
  made = room(size + 20);
  wasm_val_t* some = room(sizeof *some);
  if (!strcmp(name, "ask")) {
    most = (size_t)sprintf(made, "answer to %s", text);
    result->of.string = string_of(made, most);
  } else if (!strcmp(name, "env") || !strcmp(name, "ask_opt")) {
    most = (size_t)(name[0] == 'e' ? sprintf(made, "/home/é") : sprintf(made, "maybe %s", text));
    *some = (wasm_val_t)WASM_STRING_VAL(string_of(made, most));
    result->of.option = name[0] == 'a' && !strcmp(text, "x") ? NULL : some;
  } else if (!strcmp(name, "may_fail")) {
    wasm_variant_t* fine = room(sizeof *fine);
    bool fails = !strcmp(text, "x");
    most = (size_t)sprintf(made, "%s %s", fails ? "refused" : "fine", text);
    *fine = (wasm_variant_t){fails, WASM_STRING_VAL(string_of(made, most))};
    result->of.variant = fine;
  } else if (!strcmp(name, "digest")) {
    digest_of(arg, result);
  } else if (!strcmp(name, "puts")) {
    result->of.s32 = (int32_t)wasm_string_length(arg[0].of.string, WASM_UTF32);
  } else if (!strcmp(name, "now")) {
    result->of.f64 = 41.5;
  } else if (!strcmp(name, "ticks")) {
    result->of.u64 = UINT64_MAX;
  } else if (!strcmp(name, "mix")) {
    result->of.u32 = 4000000000;
  } else if (!strcmp(name, "add")) {
    result->of.s32 = arg[0].of.s32 + arg[1].of.s32;
  } else {
    CHECK(results->size == 0);
  }
  return NULL;
}

typedef struct {
  wasm_engine_t* engine;
  bool is_component;
  wasm_store_t* store;
  wasm_module_t* module;
  wasm_instance_t* instance;
  wasm_exporttype_vec_t types;
  wasm_extern_vec_t exports;
  /* Exports that were called, and values that have names. */
  bool called[100];
  wasm_val_t named[128];
} guest_t;

static char* file_of(const char* name, size_t* size) {
  char path[1000];
  snprintf(path, sizeof path, TESTS "%s", name);
  FILE* f = fopen(path, "rb");
  REQUIRE(f);
  char* text = calloc(1, 3000000);
  *size = fread(text, 1, 2999999, f);
  fclose(f);
  return text;
}

/* An instance in a store of its own. */
static void begin(guest_t* g) {
  g->store = wasm_store_new(g->engine);
  witrt_wasi_t* wasi = witrt_wasi_new();
  CHECK(witrt_store_set_wasi(g->store, wasi, NULL));
  witrt_wasi_delete(wasi);
  witrt_linker_t* linker = witrt_linker_new();
  wasm_importtype_vec_t imports;
  wasm_module_imports(g->module, &imports);
  for (size_t i = 0; i < imports.size; i++) {
    const wasm_name_t* module = wasm_importtype_module(imports.data[i]);
    const wasm_name_t* name = wasm_importtype_name(imports.data[i]);
    if (module->size > 4 && !memcmp(module->data, "wasi", 4)) continue;
    char* env = calloc(1, name->size + 1);
    memcpy(env, name->data, name->size);
    const wasm_functype_t* type = wasm_externtype_as_functype_const(wasm_importtype_type(imports.data[i]));
    CHECK(witrt_linker_define_func(linker, g->store, module->data, module->size, name->data, name->size, type,
      g->is_component ? host : teller, env, free, NULL));
  }
  wasm_importtype_vec_delete(&imports);
  witrt_error_t* error = NULL;
  g->instance = witrt_linker_instantiate(linker, g->store, g->module, &error);
  if (!g->instance) fprintf(stderr, "%s\n", witrt_error_message(error));
  REQUIRE(g->instance);
  witrt_linker_delete(linker);
  wasm_instance_exports(g->instance, &g->exports);
}

static void end(guest_t* g) {
  for (int i = 0; i < 128; i++) wasm_val_delete(&g->named[i]);
  wasm_extern_vec_delete(&g->exports);
  wasm_instance_delete(g->instance);
  wasm_store_delete(g->store);
}

/* The place of an export. */
static size_t find(const guest_t* g, const char* wanted, size_t size) {
  for (size_t i = 0; i < g->types.size; i++) {
    const wasm_name_t* name = wasm_exporttype_name(g->types.data[i]);
    if (name->size >= size && !memcmp(name->data + name->size - size, wanted, size) &&
        (name->size == size || name->data[name->size - size - 1] == '#')) {
      return i;
    }
  }
  fprintf(stderr, "%.*s\n", (int)size, wanted);
  REQUIRE(!"an export of that name");
  return 0;
}

/* Makes a call as it is written: what comes back is told, or given, if there is a place for
 * it. NULL, or what went wrong. */
static witrt_error_t* call(guest_t* g, const char* text, wasm_val_t* made) {
  size_t size = strcspn(text, "("), at = find(g, text, size);
  const char* whole = text;
  text += size + 1;
  REQUIRE(at < 100);
  g->called[at] = true;
  wasm_func_t* func = wasm_extern_as_func(g->exports.data[at]);
  wasm_functype_t* type = wasm_func_type(func);
  const wasm_valtype_vec_t* params = wasm_functype_params(type);
  wasm_val_t arg[10], result[] = {WASM_INIT_VAL};
  for (size_t i = 0; i < params->size; i++) {
    if (i) CHECK(eat(&text, ", "));
    wasm_valkind_t kind = wasm_valtype_kind(params->data[i]);
    if (*text >= 'a' && strchr(",)", text[1])) {
      arg[i] = g->named[*text++ & 127];
      if (kind == WASM_BORROW) arg[i].kind = kind;
    } else if (!CHECK(parse(params->data[i], &text, &arg[i]))) {
      fprintf(stderr, "  %s\n", whole);
    }
  }
  CHECK(*text == ')');
  size_t count = wasm_func_result_arity(func);
  wasm_val_vec_t args = {params->size, arg}, results = {count, result};
  witrt_error_t* error = NULL;
  told.size = 0;
  if (witrt_func_call(func, &args, &results, &error)) {
    if (made) {
      *made = result[0];
    } else {
      if (count) show(&told, wasm_functype_results(type)->data[0], &result[0]), wasm_val_delete(&result[0]);
      else tell(&told, "()");
    }
  }
  wasm_functype_delete(type);
  return error;
}

/* Whether a trap is the one that is expected: of any kind, of one, or with a message. */
static bool is_expected(const witrt_error_t* error, const char* expected) {
  if (witrt_error_kind(error) == WITRT_ERROR_POISONED) return !strcmp(expected, "poisoned");
  if (!eat(&expected, "trap")) return false;
  if (!eat(&expected, " ")) return true;
  char* message;
  size_t size;
  if (unquote(&expected, &message, &size)) return strstr(witrt_error_message(error), message) != NULL;
  witrt_trap_code_t code = witrt_error_trap_code(error);
  if (!strcmp(expected, "unreachable")) return code == WITRT_TRAP_UNREACHABLE;
  return !strcmp(expected, "ill-formed-text") && code == WITRT_TRAP_ILL_FORMED_TEXT;
}

/* What all of a section's lines say of one file. */
static int all_of(wasm_engine_t* engine, const char* file, const char* face, const char* lines, const char* stop) {
  guest_t g = {.engine = engine, .is_component = strstr(file, "/components/") != NULL};
  size_t size, face_size;
  char *bytes = file_of(file, &size), *face_text = face ? file_of(face, &face_size) : NULL;
  witrt_error_t* error = NULL;
  g.module = face ? witrt_module_attach(engine, bytes, size, face_text, face_size, &error)
                  : witrt_module_new(engine, bytes, size, &error);
  if (!g.module) fprintf(stderr, "%s: %s\n", file, witrt_error_message(error));
  REQUIRE(g.module);
  free(bytes);
  free(face_text);
  wasm_module_exports(g.module, &g.types);
  logged.size = 0;
  logged.text[0] = 0;
  begin(&g);
  static char line[10000], expected_log[10000];
  expected_log[0] = 0;
  int made = 0;
  for (const char* next; lines < stop; lines = next) {
    size_t length = strcspn(lines, "\n");
    next = lines + length + 1;
    snprintf(line, sizeof line, "%.*s", (int)length, lines);
    pooled = 0;
    if (!length || line[0] == ';') continue;
    if (!strncmp(line, "  host.", 7)) {
      strcat(strcat(expected_log, line), "\n");
    } else if (!strcmp(line, "new")) {
      end(&g);
      begin(&g);
    } else if (!strncmp(line, "drop ", 5)) {
      wasm_val_delete(&g.named[(int)line[5]]);
    } else if (!strncmp(line + 1, " = ", 3)) {
      REQUIRE(call(&g, line + 4, &g.named[(int)line[0]]) == NULL);
    } else {
      const char* expected = NULL;
      for (const char* at = line; (at = strstr(at, ") -> ")); at++) expected = at + 5;
      REQUIRE(expected);
      error = call(&g, line, NULL);
      bool same = error ? is_expected(error, expected) : !strcmp(told.text, expected);
      if (!CHECK(same && !strcmp(logged.text, expected_log)))
        fprintf(stderr, "  %s: %s: %s\n%s", file, line, error ? witrt_error_message(error) : told.text, logged.text);
      witrt_error_delete(error);
      logged.size = 0;
      logged.text[0] = expected_log[0] = 0;
      made++;
    }
  }
  for (size_t i = 0; i < g.types.size; i++) {
    const wasm_name_t* name = wasm_exporttype_name(g.types.data[i]);
    bool is_func = wasm_externtype_kind(wasm_exporttype_type(g.types.data[i])) == WASM_EXTERN_FUNC;
    if (is_func && !CHECK(g.called[i])) fprintf(stderr, "  %s: %.*s is not called\n", file, (int)name->size, name->data);
  }
  end(&g);
  wasm_exporttype_vec_delete(&g.types);
  wasm_module_delete(g.module);
  return made;
}

int main(void) {
  static const wasm_encoding_t encodings[] = {WASM_UTF8, WASM_UTF16};
  size_t size;
  char* table = file_of("cases.txt", &size);
  for (int i = 0; i < 2; i++) {
    encoding = encodings[i];
    wasm_config_t* config = wasm_config_new();
    witrt_config_set_host_encoding(config, encoding);
    wasm_engine_t* engine = wasm_engine_new_with_config(config);
    int made = 0, files = 0;
    for (char* section = strstr(table, "\n# "); section;) {
      char *words = section + 3, *lines = strchr(words, '\n'), *next = strstr(words, "\n# ");
      char header[1000], *face;
      snprintf(header, sizeof header, "%.*s", (int)(lines - words), words);
      if ((face = strstr(header, " face="))) *face = 0, face += 6;
      for (char* file = strtok(header, " "); file; file = strtok(NULL, " "), files++)
        made += all_of(engine, file, face, lines + 1, next ? next + 1 : table + size);
      section = next;
    }
    printf("%d files, %d calls\n", files, made);
    CHECK(files >= 25 && made >= 800);
    wasm_engine_delete(engine);
  }
  free(table);
  CHECK_EQ(open_sinks, 0);
  return check_result();
}
