
/* ---- The families, for headers that declare types of their own ---- */

#define WASM_DECLARE_OWN(name)                                                 \
  typedef struct wasm_##name##_t wasm_##name##_t;                              \
  WASM_API_EXTERN void wasm_##name##_delete(wasm_##name##_t *object);

#define WASM_DECLARE_VEC(name, ptr_or_none)                                    \
  typedef struct wasm_##name##_vec_t {                                         \
    size_t size;                                                               \
    wasm_##name##_t ptr_or_none *data;                                         \
  } wasm_##name##_vec_t;                                                       \
  WASM_API_EXTERN void wasm_##name##_vec_new_empty(wasm_##name##_vec_t *out);  \
  WASM_API_EXTERN void wasm_##name##_vec_new_uninitialized(                    \
      wasm_##name##_vec_t *out, size_t size);                                  \
  WASM_API_EXTERN void wasm_##name##_vec_new(                                  \
      wasm_##name##_vec_t *out, size_t size,                                   \
      wasm_##name##_t ptr_or_none const data[]);                               \
  WASM_API_EXTERN void wasm_##name##_vec_copy(                                 \
      wasm_##name##_vec_t *out, const wasm_##name##_vec_t *from);              \
  WASM_API_EXTERN void wasm_##name##_vec_delete(wasm_##name##_vec_t *vec);

#define WASM_DECLARE_TYPE(name)                                                \
  WASM_DECLARE_OWN(name)                                                       \
  WASM_DECLARE_VEC(name, *)                                                    \
  WASM_API_EXTERN wasm_##name##_t *wasm_##name##_copy(                         \
      const wasm_##name##_t *object);

#define WASM_DECLARE_REF_BASE(name)                                            \
  WASM_DECLARE_OWN(name)                                                       \
  WASM_API_EXTERN wasm_##name##_t *wasm_##name##_copy(                         \
      const wasm_##name##_t *object);                                          \
  WASM_API_EXTERN bool wasm_##name##_same(const wasm_##name##_t *a,            \
                                          const wasm_##name##_t *b);           \
  WASM_API_EXTERN void *wasm_##name##_get_host_info(                           \
      const wasm_##name##_t *object);                                          \
  WASM_API_EXTERN void wasm_##name##_set_host_info(wasm_##name##_t *object,    \
                                                   void *info);                \
  WASM_API_EXTERN void wasm_##name##_set_host_info_with_finalizer(             \
      wasm_##name##_t *object, void *info, void (*finalizer)(void *));

#define WASM_DECLARE_REF(name)                                                 \
  WASM_DECLARE_REF_BASE(name)                                                  \
  WASM_API_EXTERN wasm_ref_t *wasm_##name##_as_ref(wasm_##name##_t *object);   \
  WASM_API_EXTERN wasm_##name##_t *wasm_ref_as_##name(wasm_ref_t *object);     \
  WASM_API_EXTERN const wasm_ref_t *wasm_##name##_as_ref_const(                \
      const wasm_##name##_t *object);                                          \
  WASM_API_EXTERN const wasm_##name##_t *wasm_ref_as_##name##_const(           \
      const wasm_ref_t *object);

#define WASM_DECLARE_SHARABLE_REF(name)                                        \
  WASM_DECLARE_REF(name)                                                       \
  WASM_DECLARE_OWN(shared_##name)                                              \
  WASM_API_EXTERN wasm_shared_##name##_t *wasm_##name##_share(                 \
      const wasm_##name##_t *object);                                          \
  WASM_API_EXTERN wasm_##name##_t *wasm_##name##_obtain(                       \
      wasm_store_t *store, const wasm_shared_##name##_t *shared);

/* ---- Names are vectors of bytes ---- */

#define wasm_name wasm_byte_vec
#define wasm_name_new wasm_byte_vec_new
#define wasm_name_new_empty wasm_byte_vec_new_empty
#define wasm_name_new_uninitialized wasm_byte_vec_new_uninitialized
/* The standard's first spelling of it. */
#define wasm_name_new_new_uninitialized wasm_byte_vec_new_uninitialized
#define wasm_name_copy wasm_byte_vec_copy
#define wasm_name_delete wasm_byte_vec_delete

/* ---- Cases ---- */

/// A case, and what it holds. For a result, 0 is success and 1 failure.
struct wasm_variant_t {
  /// Which case, in the order of the type.
  uint32_t index;
  /// What it holds: `WASM_EMPTY_VAL` for a case that holds nothing.
  wasm_val_t val;
};

/* ---- Initializers ---- */

/// A vector of nothing.
#define WASM_EMPTY_VEC {0, NULL}

/// A vector around an array of the caller's: to be lent, never to be deleted.
#define WASM_ARRAY_VEC(array) {sizeof(array) / sizeof(*(array)), array}

/* Strings around a host's own text: initializers of a `wasm_string_t`. Sizes
 * count code units, not bytes. */

/// A string of `size` bytes of UTF-8.
#define WASM_STRING_UTF8(data, size) {(data), (size), WASM_UTF8, 0, 0}

/// A string of `size` units of UTF-16.
#define WASM_STRING_UTF16(data, size) {(data), (size), WASM_UTF16, 0, 0}

/// A string of `size` bytes of Latin-1.
#define WASM_STRING_LATIN1(data, size) {(data), (size), WASM_LATIN1, 0, 0}

/// A string of `size` units of UTF-32.
#define WASM_STRING_UTF32(data, size) {(data), (size), WASM_UTF32, 0, 0}

/// A string around a literal: WASM_STRING_LIT("text"), in UTF-8.
#define WASM_STRING_LIT(literal) {"" literal, sizeof("" literal) - 1, WASM_UTF8, 0, 0}

/// A string around a literal: WASM_STRING_LIT16(u"text"), in UTF-16.
#define WASM_STRING_LIT16(literal) \
  {u"" literal, sizeof(u"" literal) / 2 - 1, WASM_UTF16, 0, 0}

/// The empty string.
#define WASM_EMPTY_STRING {NULL, 0, WASM_UTF8, 0, 0}

/* Lists around a host's own array: initializers of a `wasm_list_t`. */

/// A list of `size` numbers, or strings, of a kind.
#define WASM_LIST_OF(kind, data, size) {(data), (size), (kind)}

/// A list of `size` values.
#define WASM_LIST_OF_VALS(data, size) {(data), (size), WASM_VAL}

/* Values: initializers of a `wasm_val_t`. */

#ifndef __cplusplus

@INITIALIZERS@
/// A string value around a `wasm_string_t *`.
#define WASM_STRING_VAL(s) {.kind = WASM_STRING, .of = {.string = s}}
#define WASM_BOOL_VAL(b) {.kind = WASM_BOOL, .of = {.u8 = (b) ? 1 : 0}}
#define WASM_CHAR_VAL(c) {.kind = WASM_CHAR, .of = {.u32 = c}}
#define WASM_ENUM_VAL(i) {.kind = WASM_ENUM, .of = {.u32 = i}}
#define WASM_FLAGS_VAL(bits) {.kind = WASM_FLAGS, .of = {.u32 = bits}}
/// A list value around a `wasm_list_t *`.
#define WASM_LIST_VAL(l) {.kind = WASM_LIST, .of = {.list = l}}
/// A record around a `wasm_val_vec_t *` with its fields in order.
#define WASM_RECORD_VAL(v) {.kind = WASM_RECORD, .of = {.fields = v}}
/// A tuple around a `wasm_val_vec_t *`.
#define WASM_TUPLE_VAL(v) {.kind = WASM_TUPLE, .of = {.fields = v}}
/// A variant around a `wasm_variant_t *`.
#define WASM_VARIANT_VAL(v) {.kind = WASM_VARIANT, .of = {.variant = v}}
/// A result around a `wasm_variant_t *`.
#define WASM_RESULT_VAL(v) {.kind = WASM_RESULT, .of = {.variant = v}}
/// An option that holds the value at a `wasm_val_t *`.
#define WASM_SOME_VAL(v) {.kind = WASM_OPTION, .of = {.option = v}}
/// An option that holds nothing.
#define WASM_NONE_VAL {.kind = WASM_OPTION, .of = {.option = NULL}}
/// A resource that is given away, or lent.
#define WASM_OWN_VAL(r) {.kind = WASM_OWN, .of = {.resource = r}}
#define WASM_BORROW_VAL(r) {.kind = WASM_BORROW, .of = {.resource = r}}
/// What a case without a payload holds.
#define WASM_EMPTY_VAL {.kind = WASM_NONE, .of = {.u64 = 0}}
#define WASM_REF_VAL(r) {.kind = WASM_EXTERNREF, .of = {.ref = r}}
#define WASM_INIT_VAL {.kind = WASM_EXTERNREF, .of = {.ref = NULL}}

#else /* C++, which has no such initializers before C++20 */

#define WITRT_VAL(member, number, type)                    \
  static inline wasm_val_t witrt_val_##member(type value) { \
    wasm_val_t val;                                        \
    val.kind = number;                                     \
    val.of.u64 = 0;                                        \
    val.of.member = value;                                 \
    return val;                                            \
  }
@FUNCTIONS@
WITRT_VAL(string, WASM_STRING, struct wasm_string_t *)
WITRT_VAL(ref, WASM_EXTERNREF, struct wasm_ref_t *)
WITRT_VAL(list, WASM_LIST, const struct wasm_list_t *)
WITRT_VAL(option, WASM_OPTION, const struct wasm_val_t *)
#undef WITRT_VAL
#define WITRT_VAL(member, name, type)                                           \
  static inline wasm_val_t witrt_val_of_##name(wasm_valkind_t kind, type value) { \
    wasm_val_t val;                                                             \
    val.kind = kind;                                                            \
    val.of.u64 = 0;                                                             \
    val.of.member = value;                                                      \
    return val;                                                                 \
  }
WITRT_VAL(u8, byte, uint8_t)
WITRT_VAL(u32, word, uint32_t)
WITRT_VAL(fields, fields, const struct wasm_val_vec_t *)
WITRT_VAL(variant, variant, const struct wasm_variant_t *)
WITRT_VAL(resource, resource, struct wasm_resource_t *)
#undef WITRT_VAL

@CALLS@
#define WASM_STRING_VAL(s) witrt_val_string(s)
#define WASM_BOOL_VAL(b) witrt_val_of_byte(WASM_BOOL, (b) ? 1 : 0)
#define WASM_CHAR_VAL(c) witrt_val_of_word(WASM_CHAR, c)
#define WASM_ENUM_VAL(i) witrt_val_of_word(WASM_ENUM, i)
#define WASM_FLAGS_VAL(bits) witrt_val_of_word(WASM_FLAGS, bits)
#define WASM_LIST_VAL(l) witrt_val_list(l)
#define WASM_RECORD_VAL(v) witrt_val_of_fields(WASM_RECORD, v)
#define WASM_TUPLE_VAL(v) witrt_val_of_fields(WASM_TUPLE, v)
#define WASM_VARIANT_VAL(v) witrt_val_of_variant(WASM_VARIANT, v)
#define WASM_RESULT_VAL(v) witrt_val_of_variant(WASM_RESULT, v)
#define WASM_SOME_VAL(v) witrt_val_option(v)
#define WASM_NONE_VAL witrt_val_option(NULL)
#define WASM_OWN_VAL(r) witrt_val_of_resource(WASM_OWN, r)
#define WASM_BORROW_VAL(r) witrt_val_of_resource(WASM_BORROW, r)
#define WASM_EMPTY_VAL witrt_val_of_word(WASM_NONE, 0)
#define WASM_REF_VAL(r) witrt_val_ref(r)
#define WASM_INIT_VAL witrt_val_ref(NULL)

#endif /* __cplusplus */

/* ---- Descriptions: initializers of a `witrt_field_t` ---- */

/// A parameter or result that is no struct of the host's: of a kind of
/// `wasm_valkind_enum`, or of `witrt_slot_kind_enum`.
#define WITRT_PLAIN(kind) {(kind), 0, 0, 0, 0, 0, NULL, NULL}

/// An element, or a payload without a struct around it, of this C type.
#define WITRT_VALUE(type, kind) {(kind), 0, 0, sizeof(type), 0, 0, NULL, NULL}

/// A member of a struct: a number, text, a resource.
#define WITRT_FIELD(type, member, kind) \
  {(kind), 0, offsetof(type, member), sizeof(((type *)0)->member), 0, 0, NULL, NULL}

/// A member of a struct that is what another description, at this address, says.
#define WITRT_FIELD_AS(type, member, description)                                 \
  {WITRT_SLOT_SAME, 0, offsetof(type, member), sizeof(((type *)0)->member), 0, 1, \
   (description), NULL}

/// A parameter, a result, or an element: what another description says.
#define WITRT_SAME(description) {WITRT_SLOT_SAME, 0, 0, 0, 0, 1, (description), NULL}

/// A struct that is a record or a tuple, with an array of its fields.
#define WITRT_RECORD(type, fields) \
  {WASM_RECORD, 0, 0, sizeof(type), 0, sizeof(fields) / sizeof(*(fields)), (fields), NULL}

/// A `witrt_span_t`, or another struct of pointer and size, whose elements this describes.
#define WITRT_LIST(element) {WASM_LIST, 0, 0, sizeof(witrt_span_t), 0, 1, (element), NULL}

/// An array of this type, which is a list of exactly as many elements, which this describes.
#define WITRT_ARRAY(type, element) {WITRT_SLOT_ARRAY, 0, 0, sizeof(type), 0, 1, (element), NULL}

/// A struct with a member `tag` that is 1 where there is a payload, which this describes.
/// Both may be members of the struct around it, of which this then is a field.
#define WITRT_OPTION(type, tag, payload)                                                 \
  {WASM_OPTION, sizeof(((type *)0)->tag), 0, sizeof(type), offsetof(type, tag), 1, (payload), \
   NULL}

/// A struct with a member `tag` that tells the case, with an array of the payloads.
#define WITRT_VARIANT(type, tag, cases)                                            \
  {WASM_VARIANT, sizeof(((type *)0)->tag), 0, sizeof(type), offsetof(type, tag),   \
   sizeof(cases) / sizeof(*(cases)), (cases), NULL}

/// The same for a result: the tag is 0 for success, 1 for failure, and there are two.
#define WITRT_RESULT(type, tag, cases)                                           \
  {WASM_RESULT, sizeof(((type *)0)->tag), 0, sizeof(type), offsetof(type, tag), \
   sizeof(cases) / sizeof(*(cases)), (cases), NULL}

/// The payload of a case that has none.
#define WITRT_NOTHING {WASM_NONE, 0, 0, 0, 0, 0, NULL, NULL}

/// A result that goes to where a function of the host's makes room for all of it.
#define WITRT_GROWN(description) {WITRT_SLOT_GROWN, 0, 0, 0, 0, 1, (description), NULL}

/* ---- Helpers ---- */

#ifdef __cplusplus
extern "C" {
#endif

#ifndef WITRT_PREFIXED_NAMES_ONLY
/// Fails to compile where the sizes are not what the library was built with.
static inline void assertions(void) {
  (void)sizeof(char[sizeof(float) == sizeof(uint32_t) ? 1 : -1]);
  (void)sizeof(char[sizeof(double) == sizeof(uint64_t) ? 1 : -1]);
  (void)sizeof(char[sizeof(intptr_t) == sizeof(uint32_t) ||
                    sizeof(intptr_t) == sizeof(uint64_t) ? 1 : -1]);
  (void)sizeof(char[sizeof(((wasm_val_t *)0)->of) == 8 ? 1 : -1]);
}
#endif

/// A host's own string around `size` code units at `data`, which are borrowed for as
/// long as it is used: what the initializers make, for those who cannot use them.
static inline wasm_string_t wasm_string_of(wasm_encoding_t encoding, const void *data, size_t size) {
  wasm_string_t string;
  string.data = data;
  string.size = size;
  string.encoding = encoding;
  string.flags = 0;
  string.reserved = 0;
  return string;
}

/// A copy of a NUL-terminated text, without the NUL. Owned by the caller.
static inline void wasm_name_new_from_string(wasm_name_t *out, const char *text) {
  wasm_name_new(out, strlen(text), text);
}

/// A copy of a NUL-terminated text, with the NUL. Owned by the caller.
static inline void wasm_name_new_from_string_nt(wasm_name_t *out, const char *text) {
  wasm_name_new(out, strlen(text) + 1, text);
}

/// The elements of a list of values: `element` is `WASM_VAL`.
static inline const wasm_val_t *wasm_list_vals(const wasm_list_t *list) {
  return (const wasm_val_t *)list->data;
}

/// The elements of a list of strings: `element` is `WASM_STRING`.
static inline const wasm_string_t *wasm_list_strings(const wasm_list_t *list) {
  return (const wasm_string_t *)list->data;
}

/// Whether values of this kind are numbers, of core modules or of interfaces.
static inline bool wasm_valkind_is_num(wasm_valkind_t kind) {
  return kind < WASM_STRING;
}

/// Whether values of this kind are references.
static inline bool wasm_valkind_is_ref(wasm_valkind_t kind) {
  return kind >= WASM_EXTERNREF;
}

/// Whether values of this kind are strings.
static inline bool wasm_valkind_is_string(wasm_valkind_t kind) {
  return kind == WASM_STRING;
}

/// Whether values of this type are numbers: no references, and no strings.
static inline bool wasm_valtype_is_num(const wasm_valtype_t *type) {
  return wasm_valkind_is_num(wasm_valtype_kind(type));
}

/// Whether values of this type are references.
static inline bool wasm_valtype_is_ref(const wasm_valtype_t *type) {
  return wasm_valkind_is_ref(wasm_valtype_kind(type));
}

/// Whether values of this type are strings.
static inline bool wasm_valtype_is_string(const wasm_valtype_t *type) {
  return wasm_valkind_is_string(wasm_valtype_kind(type));
}

/* The types of values, each owned by the caller. */

@VALTYPES@

/* Function types of so many parameters and so many results, in this order. The
 * value types are consumed; the result is owned by the caller. */

@FUNCTYPES@

/// A value that carries a pointer as an integer of its size.
static inline void wasm_val_init_ptr(wasm_val_t *out, void *pointer) {
#if UINTPTR_MAX == UINT32_MAX
  out->kind = WASM_I32;
  out->of.i32 = (int32_t)(intptr_t)pointer;
#else
  out->kind = WASM_I64;
  out->of.i64 = (int64_t)(intptr_t)pointer;
#endif
}

/// The pointer that `wasm_val_init_ptr` put into a value.
static inline void *wasm_val_ptr(const wasm_val_t *val) {
#if UINTPTR_MAX == UINT32_MAX
  return (void *)(intptr_t)val->of.i32;
#else
  return (void *)(intptr_t)val->of.i64;
#endif
}

#ifdef __cplusplus
} /* extern "C" */
#endif

#undef own

#endif /* WITRT_H */
