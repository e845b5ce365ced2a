# Reads witrt.h; writes, for each function that it declares, a struct of its
# arguments, a C function that makes them (with one of them wrong) and a C
# function that calls it with them; and a table of them all. What stands for
# each type of argument is defined in misuse.c: a type that is not does not
# compile.

BEGIN { RS = ";" }

# A declaration ends with the record; what is before its mark is comment.
/(^|\n)WASM_API_EXTERN[ \n]+[a-z]/ {
    text = $0
    sub(/.*WASM_API_EXTERN[ \n]+/, "", text)
    gsub(/[ \n\t]+/, " ", text)
    if (!match(text, /[a-z_0-9]+\(/)) next
    name = substr(text, RSTART, RLENGTH - 1)
    list = substr(text, RSTART + RLENGTH)
    sub(/\)[^)]*$/, "", list)

    count = list == "void" || list == "" ? 0 : split(list, params, ", *")
    fields = values = arguments = ""
    for (i = 1; i <= count; i++) {
        type = params[i] ~ /\(\*/ ? "finalizer_t x" : params[i]
        sub(/[a-z_0-9]+(\[\])?$/, "", type) # the name of the parameter
        gsub(/const |struct |union /, "", type)
        sub(/^ +/, "", type)
        sub(/ +$/, "", type)
        gsub(/ /, "_", type)
        gsub(/\*/, "p", type)
        match(params[i], /[a-z_0-9]+(\)\(void ?\*\))?$/)
        field = substr(params[i], RSTART, RLENGTH)
        sub(/\).*/, "", field)
        fields = fields params[i] "; "
        values = values (i > 1 ? ", " : "") "ARG(" i - 1 ", " type ")"
        arguments = arguments (i > 1 ? ", " : "") "a->" field
    }
    functions++
    if (count) {
        printf "typedef struct { %s} args_%s;\n", fields, name
        printf "static void call_%s(void* p) { args_%s* a = p; (void)%s(%s); }\n", name, name, name, arguments
        printf "static void try_%s(int at, int how) { args_%s a = {%s}; arranged(call_%s, &a); }\n", \
            name, name, values, name
    } else {
        printf "static void call_%s(void* p) { (void)p, (void)%s(); }\n", name, name
        printf "static void try_%s(int at, int how) { (void)at, (void)how; arranged(call_%s, NULL); }\n", name, name
    }
    rows = rows sprintf("  {\"%s\", %d, try_%s},\n", name, count, name)
}

END {
    printf "static const row_t rows[] = {\n%s};\n", rows
    printf "enum { FUNCTIONS = %d };\n", functions
}
