# Reads witrt.h; writes, for each function that it declares, a C function which
# calls it with some argument left out or wrong, and a table of them all. What
# stands for each type of argument is defined in nulls.c.

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
    if (list == "void" || list == "") next

    count = split(list, params, ", *")
    arguments = ""
    for (i = 1; i <= count; i++) {
        type = params[i] ~ /\(\*/ ? "finalizer_t x" : params[i]
        sub(/[a-z_0-9]+(\[\])?$/, "", type) # the name of the parameter
        gsub(/const |struct /, "", type)
        sub(/^ +/, "", type)
        sub(/ +$/, "", type)
        gsub(/ /, "_", type)
        gsub(/\*/, "p", type)
        arguments = arguments (i > 1 ? ", " : "") "ARG(" i - 1 ", " type ")"
    }
    functions++
    printf "static void call_%s(int at, int how) { (void)%s(%s); }\n", name, name, arguments
    rows = rows sprintf("  {\"%s\", %d, call_%s},\n", name, count, name)
}

END {
    printf "static const row_t rows[] = {\n%s};\n", rows
    printf "enum { FUNCTIONS = %d };\n", functions
}
