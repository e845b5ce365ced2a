#!/bin/sh
# refused.sh COMPILER OPTION...: types that stand for no value do not compile, and the
# compiler names them.
set -eu
# refused TEXT CODE: what it says, and what is in a function with an instance `i`, a store
# `s` and a function type `t`.
refused() {
    expected=$1
    code=$2
    shift 2
    if told=$(printf '#include "witrt.hh"\n#include <map>\nstruct foo { int bar; };\nvoid f(witrt::Instance& i, witrt::Store& s, witrt::FuncType& t) {\n(void)i; (void)s; (void)t;\n%s\n}\n' "$code" | "$@" -x c++ - 2>&1); then
        echo "compiles: $code"
        exit 1
    fi
    case $told in
    *"$expected"*) ;;
    *)
        printf '%s\nis not told of %s:\n%s\n' "$expected" "$code" "$told"
        exit 1
        ;;
    esac
}
refused "foo" '(void)i.func<void(foo)>("f");' "$@"
refused "stands for no value" '(void)i.func<void(foo)>("f");' "$@"
refused "foo" '(void)i.func<std::vector<foo>()>("f");' "$@"
refused "std::map<int, int>" '(void)i.func<void(std::optional<std::map<int, int>>)>("f");' "$@"
refused "foo" '(void)i.func<std::variant<std::monostate, foo>()>("f");' "$@"
refused "has to own what it holds" '(void)i.func<std::string_view()>("f");' "$@"
refused "has to own what it holds" '(void)i.func<std::vector<std::string_view>()>("f");' "$@"
refused "std::vector<bool>" '(void)i.func<void(std::vector<bool>)>("f");' "$@"
refused "foo" '(void)witrt::Func::wrap(s, t, [](std::vector<foo>) {});' "$@"
refused "foo" '(void)witrt::Func::wrap(s, t, [] { return foo(); });' "$@"
refused "own what it holds" '(void)witrt::Func::wrap(s, t, [](std::optional<std::string_view>) {});' "$@"
