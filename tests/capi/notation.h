/* Values as the table of cases writes them: read by the type that they are of, and told
 * again. */

#ifndef NOTATION_H
#define NOTATION_H

#include "check.h"
#include <stdarg.h>
#include <uchar.h>
#include <witrt.h>

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
    else if (text[i] == '"' || text[i] == '\\') tell(to, "\\%c", text[i]);
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
  if (!eat(text, "\"")) return false;
  char* to = *out = room(strlen(*text) + 1);
  for (; **text != '"'; (*text)++) {
    unsigned code;
    if (**text != '\\') *to++ = **text;
    else if (*++*text == 'n') *to++ = '\n';
    else if (**text == 'u') {
      CHECK(sscanf(*text + 1, "%4x", &code) == 1);
      if (code >= 0x800) *to++ = (char)(0xE0 | code >> 12);
      if (code >= 0x80) *to++ = (char)(code < 0x800 ? 0xC0 | code >> 6 : 0x80 | (code >> 6 & 0x3F));
      *to++ = (char)(code < 0x80 ? code : 0x80 | (code & 0x3F));
      *text += 4;
    } else *to++ = **text;
  }
  ++*text;
  *size = (size_t)(to - *out);
  if (!eat(text, "*")) return true;
  /* So many times, and what follows. */
  char *end, *once = *out, *more = "";
  size_t times = strtoul(*text, &end, 10), length = *size, rest = 0;
  *text = end;
  unquote(text, &more, &rest);
  *out = room(times * length + rest + 1);
  for (size_t i = 0; i < times; i++) memcpy(*out + i * length, once, length);
  memcpy(*out + times * length, more, rest);
  *size = times * length + rest;
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
  case WASM_I64:
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

static size_t element_width(wasm_valkind_t kind) {
  switch (kind) {
  case WASM_BOOL: case WASM_S8: case WASM_U8: return 1;
  case WASM_S16: case WASM_U16: return 2;
  case WASM_S64: case WASM_U64: case WASM_F64: return 8;
  default: return 4;
  }
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
      } else if (list->element == WASM_VAL) show_at(to, type, 0, &wasm_list_vals(list)[i]);
      else {
        /* Packed: the bytes that a value of its own has first. */
        size_t width = element_width(list->element);
        wasm_val_t one = {.kind = list->element, .of.u64 = 0};
        memcpy(&one.of, (const char*)list->data + i * width, width);
        if (one.kind == WASM_S32) one.of.s64 = one.of.s32;
        show_at(to, type, 0, &one);
      }
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

#endif
