#!/bin/sh
# refused.sh COMPILER OPTION...: types that stand for no value do not compile, and the
# compiler names them. All are tried at once, each with a type of its own, and the lines of
# the program are not shown, so that a name is there only where it is told.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/refused.cc" <<'END'
#include <map>
#include <memory>
#include "witrt.hh"
template <int> struct no { int bar; };
struct holder { std::string name; no<20> held; };
WITRT_FIELDS(holder, name, held)
using namespace witrt;
void f(Instance& i, Store& s, FuncType& t) {
  (void)i.func<void(no<1>)>("f");
  (void)i.func<std::vector<no<2>>()>("f");
  (void)i.func<void(std::optional<std::map<no<3>, int>>)>("f");
  (void)i.func<std::variant<std::monostate, no<4>>()>("f");
  (void)i.func<std::tuple<int, no<5>>()>("f");
  (void)i.func<void(std::pair<no<6>, int>)>("f");
  (void)i.func<Result<no<7>, std::string>()>("f");
  (void)i.func<Result<void, no<8>>()>("f");
  (void)i.func<void(std::array<no<9>, 2>)>("f");
  (void)i.func<void(Span<const no<10>>)>("f");
  (void)i.func<void(std::unique_ptr<no<11>>)>("f");
  (void)i.func<void(no<12>*)>("f");
  (void)Func::wrap(s, t, [](std::vector<no<13>>) {});
  (void)Func::wrap(s, t, [] { return no<14>(); });
  (void)Func::wrap(s, t, [](int) -> Result<no<15>> { return no<15>(); });
  (void)i.func<void(std::vector<std::vector<std::optional<no<16>>>>)>("f");
  (void)i.func<void(holder)>("f");
#ifdef OWN
  (void)i.func<std::string_view()>("f");
#elif defined(OWNED_PARTS)
  (void)i.func<std::vector<std::string_view>()>("f");
#elif defined(LENT)
  (void)i.func<ResourceRef()>("f");
#elif defined(VIEW)
  (void)i.func<Span<const int>()>("f");
#elif defined(HOSTS)
  (void)Func::wrap(s, t, [](std::optional<std::string_view>) {});
#elif defined(BITS)
  (void)i.func<void(std::vector<bool>)>("f");
#elif defined(NONE)
  (void)i.func<void(std::array<int, 0>)>("f");
#endif
}
END
refused() {
    if "$@" "$work/refused.cc" >"$work/told" 2>&1; then
        echo "compiles"
        exit 1
    fi
}
expect() {
    grep -qF -- "$1" "$work/told" && return
    cat "$work/told"
    echo "not told: $1"
    exit 1
}
case $("$1" --version) in
*clang*) set -- "$@" -fno-caret-diagnostics -ferror-limit=0 -ftemplate-backtrace-limit=0 ;;
*) set -- "$@" -fno-diagnostics-show-caret ;;
esac
refused "$@"
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 20; do expect "no<$n>"; done
expect "stands for no value"
for way in OWN OWNED_PARTS LENT VIEW; do
    refused "$@" -D $way
    expect "has to own what it holds"
done
refused "$@" -D HOSTS
expect "own what it holds, or be a view"
refused "$@" -D BITS
expect "std::vector<bool>"
refused "$@" -D NONE
expect "without elements"
