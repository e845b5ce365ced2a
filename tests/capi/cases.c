/* Components of real tools: each line of their `expected.txt`, with values that are
 * made and told by what the types say, in both encodings of hosts. */

#include "notation.h"

#define DIR MODULES "/components/"

/* The host that the guests import. */
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
    if (size == 0 || !strcmp(text, "z")) made = room(most = size + 8), most = (size_t)sprintf(made, "é%s🦀", text);
    else made = room(size + 20), most = (size_t)sprintf(made, "answer to %s", text);
    if (!strcmp(text, "latin")) most = (size_t)sprintf(made, "ÿlatin");
    result->of.string = string_of(made, most);
  } else if (!strcmp(name, "digest")) {
    const wasm_list_t* data = arg[0].of.list;
    uint8_t* digest = room(2);
    digest[0] = (uint8_t)data->size;
    for (size_t i = 0; i < data->size; i++) digest[1] ^= ((const uint8_t*)data->data)[i];
    wasm_list_t* list = room(sizeof *list);
    *list = (wasm_list_t)WASM_LIST_OF(WASM_U8, digest, 2);
    result->of.list = list;
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

typedef struct {
  wasm_store_t* store;
  wasm_module_t* module;
  wasm_instance_t* instance;
  wasm_exporttype_vec_t types;
  wasm_extern_vec_t exports;
  wasm_resource_t* books[2];
} guest_t;

static char* file_of(const char* folder, const char* name, size_t* size) {
  char path[1000];
  snprintf(path, sizeof path, DIR "%s/%s", folder, name);
  FILE* f = fopen(path, "rb");
  REQUIRE(f);
  char* text = calloc(1, 200000);
  *size = fread(text, 1, 199999, f);
  fclose(f);
  return text;
}

static void start(guest_t* g, wasm_engine_t* engine, const char* folder, const char* name) {
  size_t size;
  char* text = file_of(folder, name, &size);
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new(&bytes, size, text);
  free(text);
  *g = (guest_t){.store = wasm_store_new(engine)};
  g->module = wasm_module_new(g->store, &bytes);
  REQUIRE(g->module);
  wasm_byte_vec_delete(&bytes);
  wasm_module_exports(g->module, &g->types);
}

/* An instance of its own; what comes out of it. */
static void begin(guest_t* g) {
  wasm_importtype_vec_t imports;
  wasm_module_imports(g->module, &imports);
  wasm_extern_vec_t supplied;
  wasm_extern_vec_new_uninitialized(&supplied, imports.size);
  for (size_t i = 0; i < imports.size; i++) {
    const wasm_name_t* name = wasm_importtype_name(imports.data[i]);
    char* env = calloc(1, name->size + 1);
    memcpy(env, name->data, name->size);
    const wasm_functype_t* type = wasm_externtype_as_functype_const(wasm_importtype_type(imports.data[i]));
    supplied.data[i] = wasm_func_as_extern(wasm_func_new_with_env(g->store, type, host, env, free));
  }
  g->instance = wasm_instance_new(g->store, g->module, &supplied, NULL);
  REQUIRE(g->instance);
  wasm_instance_exports(g->instance, &g->exports);
  wasm_extern_vec_delete(&supplied);
  wasm_importtype_vec_delete(&imports);
}

static void end(guest_t* g) {
  wasm_extern_vec_delete(&g->exports);
  wasm_instance_delete(g->instance);
}

static void finish(guest_t* g) {
  wasm_exporttype_vec_delete(&g->types);
  wasm_module_delete(g->module);
  wasm_store_delete(g->store);
}

static wasm_func_t* find(guest_t* g, const char* wanted, size_t size) {
  for (size_t i = 0; i < g->types.size; i++) {
    const wasm_name_t* name = wasm_exporttype_name(g->types.data[i]);
    if (name->size >= size && !memcmp(name->data + name->size - size, wanted, size) &&
        (name->size == size || name->data[name->size - size - 1] == '#')) {
      return wasm_extern_as_func(g->exports.data[i]);
    }
  }
  return NULL;
}

/* Makes a call as it is written, and tells what comes back. */
static void call(guest_t* g, const char* name, size_t size, const char* text) {
  wasm_func_t* func = find(g, name, size);
  REQUIRE(func);
  wasm_functype_t* type = wasm_func_type(func);
  const wasm_valtype_vec_t* params = wasm_functype_params(type);
  wasm_val_t arg[10], result[] = {WASM_INIT_VAL};
  for (size_t i = 0; i < params->size; i++) {
    if (i) CHECK(eat(&text, ", "));
    if (!CHECK(parse(params->data[i], &text, &arg[i]))) fprintf(stderr, "  %.*s\n", (int)size, name);
  }
  CHECK(*text == ')');
  wasm_val_vec_t args = {params->size, arg}, results = WASM_ARRAY_VEC(result);
  witrt_error_t* error = NULL;
  told.size = 0;
  if (witrt_func_call(func, &args, &results, &error)) {
    show(&told, wasm_functype_results(type)->data[0], &result[0]);
    wasm_val_delete(&result[0]);
  } else {
    tell(&told, "TRAP %s", witrt_error_message(error));
    witrt_error_kind_t kind = witrt_error_kind(error);
    CHECK(kind == WITRT_ERROR_TRAP || kind == WITRT_ERROR_POISONED);
    witrt_error_delete(error);
  }
  wasm_functype_delete(type);
}

static wasm_val_t of(guest_t* g, const char* name, wasm_val_t* arg, size_t size) {
  wasm_val_t result[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = {size, arg}, results = WASM_ARRAY_VEC(result);
  CHECK(witrt_func_call(find(g, name, strlen(name)), &args, &results, NULL));
  return result[0];
}

/* What is told of logbooks, which have no text. */
static bool resources(guest_t* g, const char* line) {
  wasm_val_t arg[2], got;
  told.size = 0;
  if (eat(&line, "live")) {
    for (int i = 0; i < 2 && !g->books[1]; i++) {
      arg[0] = (wasm_val_t)WASM_STRING_VAL(i ? string_of("é", 2) : string_of("first", 5));
      g->books[i] = of(g, "[constructor]logbook", arg, 1).of.resource;
    }
    tell(&told, "%u", of(g, "live", NULL, 0).of.u32);
  } else if (eat(&line, "[method]logbook.add")) {
    arg[0] = (wasm_val_t)WASM_BORROW_VAL(g->books[0]);
    arg[1] = (wasm_val_t)WASM_STRING_VAL(string_of("one", 3));
    tell(&told, "%u", of(g, "[method]logbook.add", arg, 2).of.u32);
    arg[1] = (wasm_val_t)WASM_STRING_VAL(string_of("zwei ß", 7));
    tell(&told, " %u", of(g, "[method]logbook.add", arg, 2).of.u32);
  } else if (eat(&line, "merge")) {
    arg[0] = (wasm_val_t)WASM_OWN_VAL(g->books[0]);
    arg[1] = (wasm_val_t)WASM_BORROW_VAL(g->books[1]);
    wasm_val_t merged = of(g, "[static]logbook.merge", arg, 2);
    wasm_resource_delete(g->books[0]);
    g->books[0] = merged.of.resource;
    arg[0] = (wasm_val_t)WASM_BORROW_VAL(g->books[0]);
    got = of(g, "[method]logbook.text", arg, 1);
    size_t size;
    char* text = utf8(got.of.string, &size);
    quote(&told, text, size);
    wasm_val_delete(&got);
  } else if (eat(&line, "after b")) {
    for (int i = 0; i < 2; i++) wasm_resource_delete(g->books[i]);
  } else {
    return false;
  }
  return true;
}

static void line_of(guest_t* g, const char* line, const char* folder, int* made) {
  pooled = 0;
  char expected[1000];
  const char *arrow = NULL, *paren = strchr(line, '(');
  for (const char* at = line; (at = strstr(at, " -> ")); at++) arrow = at;
  snprintf(expected, sizeof expected, "%s", arrow ? arrow + 4 : "");
  if (resources(g, line)) {
    if (!arrow) return;
  } else {
    if (!arrow || !paren || paren > arrow) return;
    size_t size = (size_t)(paren - line);
    if (strstr(line, "'a' * 70000")) {
      char* text = calloc(1, 70010);
      memset(text, 'a', 70000);
      wasm_string_t string = WASM_STRING_UTF8(text, 70002);
      memcpy(text + 70000, "Ā", 2);
      wasm_val_t arg = WASM_STRING_VAL(&string);
      told.size = 0;
      tell(&told, "%u", of(g, "units", &arg, 1).of.u32);
      free(text);
    } else {
      call(g, line, size, paren + 1);
    }
  }
  ++*made;
  const char *trap = expected, *unexpected = told.text;
  bool same;
  if (eat(&trap, "TRAP wasm trap: cannot enter")) same = strstr(told.text, "cannot be called any more") != NULL;
  else if (eat(&trap, "TRAP wasm trap: wasm `")) same = strstr(told.text, "unreachable") != NULL;
  else if (eat(&trap, "TRAP invalid utf-8") || eat(&trap, "TRAP unpaired surrogate")) same = eat(&unexpected, "TRAP ");
  else if (!strcmp(folder, "wat") && *trap == '\'') {
    char *a, *b;
    size_t as, bs;
    same = unquote(&trap, &a, &as) && unquote(&unexpected, &b, &bs) && as == bs && !memcmp(a, b, as);
  } else same = !strcmp(told.text, expected);
  if (!CHECK(same)) fprintf(stderr, "  %s: %s\n", line, told.text);
}

static void all_of(const char* folder) {
  wasm_config_t* config = wasm_config_new();
  witrt_config_set_host_encoding(config, encoding);
  wasm_engine_t* engine = wasm_engine_new_with_config(config);
  size_t size;
  char *text = file_of(folder, "expected.txt", &size), *next;
  static char host_lines[10000];
  host_lines[0] = 0;
  guest_t g;
  bool open = false;
  int made = 0, files = 0;
  for (char* line = text; *line; line = next) {
    next = line + strcspn(line, "\n");
    if (*next) *next++ = 0;
    if (line[0] == '#') {
      if (open) end(&g), finish(&g);
      start(&g, engine, folder, line + 2);
      begin(&g);
      open = true;
      files++;
    } else if (!strncmp(line, "  host.", 7)) {
      strcat(strcat(host_lines, line), "\n");
    } else if (!strcmp(folder, "c")) {
      line_of(&g, line, folder, &made);
      if (logged.size || (host_lines[0] && strstr(line, " -> "))) {
        if (!CHECK(!strcmp(logged.text, host_lines))) fprintf(stderr, "  %s\n%s", line, logged.text);
        logged.size = 0;
        logged.text[0] = host_lines[0] = 0;
      }
    } else if (!strstr(line, "mirror")) {
      /* A trap ends an instance: each call has one. */
      end(&g);
      begin(&g);
      line_of(&g, line, folder, &made);
    } else {
      /* Several on one line. */
      for (char* part = line; part;) {
        char* after = strstr(part, "  ");
        if (after) *after = 0, after += 2;
        if (strncmp(part, "mirror", 6)) line_of(&g, part, folder, &made);
        else call(&g, "mirror", 6, "{x: 3, y: -4})"), CHECK(!strcmp(told.text, "{x: -3, y: -4}")), made++;
        part = after;
      }
    }
  }
  if (open) end(&g), finish(&g);
  free(text);
  printf("%s: %d files, %d calls\n", folder, files, made);
  CHECK(files >= 4 && made >= 100);
  wasm_engine_delete(engine);
}

int main(void) {
  static const wasm_encoding_t encodings[] = {WASM_UTF8, WASM_UTF16};
  for (int i = 0; i < 2; i++) {
    encoding = encodings[i];
    all_of("c");
    all_of("wat");
  }
  CHECK_EQ(open_sinks, 0);
  return check_result();
}
