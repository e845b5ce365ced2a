# Reads witrt.h; writes, for each function that it declares, a struct of its
# arguments, a C function that makes them (with one of them wrong), one that
# calls it with them and gives up what comes back, and one that gives up the
# arguments; and a table of them all. Who owns what is read from the comments.
# What stands for each type of argument is defined in misuse_arguments.h: a type
# that is not does not compile.

BEGIN { RS = ";" }

{ doc = doc $0 }

# A declaration ends with the record; what is before its mark is comment.
/(^|\n)WASM_API_EXTERN[ \n]+[a-z]/ {
    text = $0
    sub(/.*WASM_API_EXTERN[ \n]+/, "", text)
    gsub(/[ \n\t]+/, " ", text)
    if (!match(text, /[a-z_0-9]+\(/)) next
    name = substr(text, RSTART, RLENGTH - 1)
    list = substr(text, RSTART + RLENGTH)
    gives = kind(substr(text, 1, RSTART - 1))
    sub(/\)[^)]*$/, "", list)
    count = list == "void" || list == "" ? 0 : split(list, params, ", *")

    gsub(/\n\/\/\//, " ", doc)
    gsub(/[ \n]+/, " ", doc)
    # A function that is as another one, but for what it says of errors.
    like = match(doc, /As `[a-z_0-9]+`/) ? substr(doc, RSTART + 4, RLENGTH - 5) : ""
    takes = taking[name] = doc ~ /consumed|owns these elements|^ *Deletes / || taking[like]
    again = doc ~ /a second time[^.]*refused/ ? "REFUSED" : doc ~ /doing it again|leaves a null/ ? "PERMITTED" : "UNSAID"

    fields = values = arguments = drops = ""
    for (i = 1; i <= count; i++) {
        match(params[i], /[a-z_0-9]+(\[\]|\)\(void ?\*\))?$/)
        field = substr(params[i], RSTART, RLENGTH)
        type = params[i] ~ /\(\*/ ? "finalizer_t" : kind(substr(params[i], 1, RSTART - 1))
        sub(/(\[|\)).*/, "", field)
        # Numbers that count, or choose, what other arguments hold.
        if (type == "size_t" && field ~ /^(index|param_count|result_count)$/) type = field "_number"
        # What is copied as Rust copies: what a module is made of, names, messages.
        if (type ~ /^wasm_(byte_vec|name|message)_t_p$/ && name !~ /_vec_/ && field != "out" ||
            type == "size_t" && (before == "char_p" || name ~ /_module_/)) type = "short_" type
        before = type
        out = field == "out" || field == "results" && type ~ /^(wasm_val_vec|witrt_slot)_t_p$/
        fields = fields params[i] "; "
        values = values (i > 1 ? ", " : "") (out ? "OUT" : "ARG") "(" i - 1 ", " type ")"
        # A caller is there during a callback only.
        arguments = arguments (i > 1 ? ", " : "") "a->" field (type == "witrt_caller_t_p" ? " ? the_caller : NULL" : "")
        if (type ~ /_t_p$|(error|trap)_t_pp$/ && (out || !takes) && doc !~ "`" field "` is set to borrowed")
            drops = drops sprintf("\n  if (drop_%s(now, (void*)a->%s)) a->%s = NULL;", type, field, field)
    }
    call = name "(" arguments ")"
    if (doc ~ /, and deletes it:/) call = "if (" call ") a->" substr(arguments, 4, index(arguments, ",") - 4) " = NULL"
    else if (gives ~ /_t_p$/ && doc ~ /[Oo]wned by the caller/) call = "drop_" gives "(ALL, " call ")"
    else call = "(void)" call
    functions++
    if (count) {
        printf "typedef struct { %s} args_%s;\n", fields, name
        printf "static void call_%s(void* p) { args_%s* a = p; %s; }\n", name, name, call
        printf "static void drop_%s(void* p, part_t now) {\n  args_%s* a = p;\n  (void)a, (void)now;%s\n}\n", name, name, drops
        printf "static void try_%s(int at, int how) { args_%s a = {%s}; arranged(call_%s, drop_%s, &a); }\n", \
            name, name, values, name, name
    } else {
        printf "static void call_%s(void* p) { (void)p, %s; }\n", name, call
        printf "static void drop_%s(void* p, part_t now) { (void)p, (void)now; }\n", name
        printf "static void try_%s(int at, int how) { (void)at, (void)how; arranged(call_%s, drop_%s, NULL); }\n", name, name, name
    }
    rows = rows sprintf("  {\"%s\", %d, %s, try_%s},\n", name, count, again, name)
    doc = ""
}

# A C type as a part of a name.
function kind(type) {
    gsub(/const |struct |union /, "", type)
    gsub(/^ +| +$/, "", type)
    gsub(/ /, "_", type)
    gsub(/\*/, "p", type)
    return type
}

END {
    printf "static const row_t rows[] = {\n%s};\n", rows
    printf "enum { FUNCTIONS = %d };\n", functions
}
