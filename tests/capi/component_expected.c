/* Components of real tools: each line of their `expected.txt`, with values that are
 * made and told by what the types say, in both encodings of hosts. */

#include "check.h"
#include <stdarg.h>
#include <uchar.h>
#include <witrt.h>

#define DIR MODULES "/components/"

/* Memory for one call. */
static char pool[1 << 20];
static size_t pooled;
static void* room(size_t size) {
  void* at = pool + pooled;
  pooled += (size + 15) / 16 * 16;
  REQUIRE(pooled <= sizeof pool);
  return memset(at, 0, size);
}

/* What was told: of a call, and of the host. */
typedef struct {
  char text[300000];
  size_t size;
} told_t;
static told_t told, logged;
static void tell(told_t* to, const char* format, ...) {
  va_list args;
  va_start(args, format);
  int size = vsnprintf(to->text + to->size, sizeof to->text - to->size, format, args);
  va_end(args);
  REQUIRE(size >= 0 && (to->size += (size_t)size) < sizeof to->text);
}

static void quote(told_t* to, const char* text, size_t size) {
  tell(to, "\"");
  for (size_t i = 0; i < size; i++) {
    if (text[i] == '\n') tell(to, "\\n");
    else if (!text[i]) tell(to, "\\u0000");
    else tell(to, "%c", text[i]);
  }
  tell(to, "\"");
}

static char* utf8(const wasm_string_t* string, size_t* size) {
  size_t most = wasm_string_length(string, WASM_UTF8);
  char* text = room(most + 1);
  CHECK(wasm_string_read(string, WASM_UTF8, text, most, size) && *size == most);
  return text;
}

static wasm_encoding_t encoding;
static wasm_string_t* string_of(const char* text, size_t size) {
  wasm_string_t* string = room(sizeof *string);
  *string = (wasm_string_t)WASM_STRING_UTF8(text, size);
  if (encoding == WASM_UTF8) return string;
  size_t units;
  char16_t* wide = room(2 * size + 2);
  CHECK(wasm_string_read(string, WASM_UTF16, wide, size, &units));
  *string = (wasm_string_t)WASM_STRING_UTF16(wide, units);
  return string;
}

static bool eat(const char** text, const char* word) {
  size_t size = strlen(word);
  if (strncmp(*text, word, size)) return false;
  *text += size;
  return true;
}

static bool unquote(const char** text, char** out, size_t* size) {
  char close = **text;
  if (close != '"' && close != '\'') return false;
  char* to = *out = room(strlen(*text) + 1);
  for ((*text)++; **text != close; (*text)++) {
    unsigned code;
    if (**text != '\\') *to++ = **text;
    else if (*++*text == 'n') *to++ = '\n';
    else if (**text == 'x' || **text == 'u') {
      int digits = **text == 'x' ? 2 : 4;
      CHECK(sscanf(*text + 1, "%4x", &code) == 1 && (digits == 2 || code == 0));
      *to++ = 0;
      *text += digits;
    } else *to++ = **text;
  }
  ++*text;
  *size = (size_t)(to - *out);
  return true;
}

static bool parse(const wasm_valtype_t* type, const char** text, wasm_val_t* out);

static bool parse_at(const wasm_valtype_t* type, size_t i, const char** text, wasm_val_t* out) {
  wasm_valtype_t* inner = witrt_valtype_at(type, i);
  bool parsed = inner ? parse(inner, text, out) : eat(text, "()");
  if (!inner) *out = (wasm_val_t)WASM_EMPTY_VAL;
  wasm_valtype_delete(inner);
  return parsed;
}

static bool is_name(const wasm_valtype_t* type, size_t i, const char* text, size_t size) {
  wasm_name_t name;
  witrt_valtype_name(type, i, &name);
  bool same = name.size == size && !memcmp(name.data, text, size);
  wasm_name_delete(&name);
  return same;
}

/* One of the cases whose payload is there; they are told by that alone. */
static bool parse_case(const wasm_valtype_t* type, const char** text, wasm_variant_t* out) {
  for (size_t i = 0; i < witrt_valtype_size(type); i++) {
    const char* rest = *text;
    if (!parse_at(type, i, &rest, &out->val)) continue;
    *text = rest;
    out->index = (uint32_t)i;
    return true;
  }
  return false;
}

static bool parse_all(const wasm_valtype_t* type, const char** text, const char* close, wasm_val_vec_t* out) {
  wasm_valkind_t kind = wasm_valtype_kind(type);
  wasm_val_t* vals = room(100 * sizeof *vals);
  size_t size = 0;
  while (!eat(text, close)) {
    if (size && !eat(text, ", ")) return false;
    if (kind == WASM_RECORD) {
      size_t name = strcspn(*text, ":,}");
      if ((*text)[name] == ':') {
        if (!is_name(type, size, *text, name)) return false;
        *text += name + 2;
      }
    }
    REQUIRE(size < 100);
    if (!parse_at(type, kind == WASM_LIST ? 0 : size, text, &vals[size])) return false;
    size++;
  }
  *out = (wasm_val_vec_t){size, vals};
  return kind == WASM_LIST || size == witrt_valtype_size(type);
}

static bool parse(const wasm_valtype_t* type, const char** text, wasm_val_t* out) {
  wasm_valkind_t kind = wasm_valtype_kind(type);
  char *end, *string;
  size_t size;
  *out = (wasm_val_t){.kind = kind, .of.u64 = 0};
  switch (kind) {
  case WASM_STRING:
    if (!unquote(text, &string, &size)) return false;
    out->of.string = string_of(string, size);
    return true;
  case WASM_CHAR:
    if (!unquote(text, &string, &size)) return false;
    wasm_string_t* one = string_of(string, size);
    return wasm_string_read(one, WASM_UTF32, &out->of.u32, 1, &size);
  case WASM_BOOL:
    out->of.u8 = eat(text, "true");
    return out->of.u8 || eat(text, "false");
  case WASM_F32:
  case WASM_F64: {
    double number = strtod(*text, &end);
    if (kind == WASM_F32) out->of.f32 = (float)number;
    else out->of.f64 = number;
    break;
  }
  case WASM_U64: out->of.u64 = strtoull(*text, &end, 10); break;
  case WASM_S8: case WASM_U8: case WASM_S16: case WASM_U16: case WASM_S32: case WASM_U32: case WASM_S64:
    out->of.s64 = strtoll(*text, &end, 10);
    break;
  case WASM_ENUM:
    if (!unquote(text, &string, &size)) return false;
    for (uint32_t i = 0; i < witrt_valtype_size(type); i++) {
      if (is_name(type, i, string, size)) return out->of.u32 = i, true;
    }
    return false;
  case WASM_FLAGS:
    if (!eat(text, "flags{")) return false;
    while (!eat(text, "}")) {
      size = strcspn(*text, ",}");
      for (uint32_t i = 0; i < witrt_valtype_size(type); i++) {
        if (is_name(type, i, *text, size)) out->of.u32 |= 1u << i;
      }
      *text += size;
      eat(text, ", ");
    }
    return true;
  case WASM_LIST: {
    wasm_val_vec_t vals;
    if (!eat(text, "bytes[") && !eat(text, "[")) return false;
    wasm_list_t* list = room(sizeof *list);
    if (!parse_all(type, text, "]", &vals)) return false;
    *list = (wasm_list_t)WASM_LIST_OF_VALS(vals.data, vals.size);
    out->of.list = list;
    return true;
  }
  case WASM_RECORD:
  case WASM_TUPLE: {
    wasm_val_vec_t* fields = room(sizeof *fields);
    out->of.fields = fields;
    return eat(text, kind == WASM_RECORD ? "{" : "(") &&
      parse_all(type, text, kind == WASM_RECORD ? "}" : ")", fields);
  }
  case WASM_VARIANT:
  case WASM_OPTION: {
    wasm_variant_t* held = room(sizeof *held);
    if (!parse_case(type, text, held)) return false;
    if (kind == WASM_VARIANT) out->of.variant = held;
    else out->of.option = held->index ? &held->val : NULL;
    return true;
  }
  default: return CHECK(!"a type that is told");
  }
  bool any = end != *text;
  *text = end;
  return any;
}

static void show(told_t* to, const wasm_valtype_t* type, const wasm_val_t* val);

static void show_at(told_t* to, const wasm_valtype_t* type, size_t i, const wasm_val_t* val) {
  wasm_valtype_t* inner = witrt_valtype_at(type, i);
  if (inner && val) show(to, inner, val);
  else tell(to, "()");
  wasm_valtype_delete(inner);
}

static void show_name(told_t* to, const wasm_valtype_t* type, size_t i) {
  wasm_name_t name;
  witrt_valtype_name(type, i, &name);
  tell(to, "%.*s", (int)name.size, name.data);
  wasm_name_delete(&name);
}

static void show_float(told_t* to, double number) {
  size_t before = to->size;
  tell(to, "%.17g", number);
  if (!strpbrk(to->text + before, ".en")) tell(to, ".0");
}

static int by_name(const void* a, const void* b) { return strcmp(a, b); }

static void show(told_t* to, const wasm_valtype_t* type, const wasm_val_t* val) {
  CHECK_EQ(val->kind, wasm_valtype_kind(type));
  size_t size;
  switch (val->kind) {
  case WASM_BOOL: tell(to, val->of.u8 ? "true" : "false"); break;
  case WASM_S8: case WASM_S16: case WASM_S32: case WASM_S64: tell(to, "%lld", (long long)val->of.s64); break;
  case WASM_U8: case WASM_U16: case WASM_U32: case WASM_U64: tell(to, "%llu", (unsigned long long)val->of.u64); break;
  case WASM_F32: show_float(to, (double)val->of.f32); break;
  case WASM_F64: show_float(to, val->of.f64); break;
  case WASM_CHAR: {
    wasm_string_t one = {.data = &val->of.u32, .size = 1, .encoding = WASM_UTF32};
    char* text = utf8(&one, &size);
    quote(to, text, size);
    break;
  }
  case WASM_STRING: {
    char* text = utf8(val->of.string, &size);
    quote(to, text, size);
    break;
  }
  case WASM_ENUM:
    tell(to, "\"");
    show_name(to, type, val->of.u32);
    tell(to, "\"");
    break;
  case WASM_FLAGS: {
    char names[32][40];
    size_t count = 0;
    for (size_t i = 0; i < witrt_valtype_size(type); i++) {
      static told_t name;
      name.size = 0;
      show_name(&name, type, i);
      if (val->of.u32 >> i & 1) snprintf(names[count++], sizeof names[0], "%.39s", name.text);
    }
    qsort(names, count, sizeof names[0], by_name);
    tell(to, "flags{");
    for (size_t i = 0; i < count; i++) tell(to, "%s%s", i ? ", " : "", names[i]);
    tell(to, "}");
    break;
  }
  case WASM_LIST: {
    const wasm_list_t* list = val->of.list;
    tell(to, list->element == WASM_U8 ? "bytes[" : "[");
    for (size_t i = 0; i < list->size; i++) {
      if (i) tell(to, ", ");
      if (list->element == WASM_U8) tell(to, "%u", ((const uint8_t*)list->data)[i]);
      else if (list->element == WASM_STRING) {
        char* text = utf8(&wasm_list_strings(list)[i], &size);
        quote(to, text, size);
      } else show_at(to, type, 0, &wasm_list_vals(list)[i]);
    }
    tell(to, "]");
    break;
  }
  case WASM_RECORD:
  case WASM_TUPLE:
    tell(to, val->kind == WASM_RECORD ? "{" : "(");
    for (size_t i = 0; i < val->of.fields->size; i++) {
      if (i) tell(to, ", ");
      if (val->kind == WASM_RECORD) show_name(to, type, i), tell(to, ": ");
      show_at(to, type, i, &val->of.fields->data[i]);
    }
    tell(to, val->kind == WASM_RECORD ? "}" : ")");
    break;
  case WASM_VARIANT:
  case WASM_RESULT: show_at(to, type, val->of.variant->index, &val->of.variant->val); break;
  case WASM_OPTION: {
    wasm_valtype_t* inner = witrt_valtype_at(type, 1);
    const wasm_val_t* some = val->of.option;
    if (wasm_valtype_kind(inner) != WASM_OPTION) show_at(to, type, 1, some);
    else if (!some) tell(to, "none");
    else if (!some->of.option) tell(to, "some");
    else tell(to, "some("), show(to, inner, some), tell(to, ")");
    wasm_valtype_delete(inner);
    break;
  }
  default: CHECK(!"a kind that is told");
  }
}

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
