#include <emscripten.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ctype.h>
#define EXPORT EMSCRIPTEN_KEEPALIVE
EXPORT char *greet(const char *name) { char *r = malloc(strlen(name) + 16); sprintf(r, "hello, %s!", name); return r; }
EXPORT const char *version(void) { return "em 1.0"; }
EXPORT int count(const char *s) { int n = 0; for (; *s; s++) n += (*s & 0xc0) != 0x80; return n; }
EXPORT double sum(const double *p, int n) { double s = 0; for (int i = 0; i < n; i++) s += p[i]; return s; }
typedef struct { int x, y; } point;
EXPORT point swap(point p) { return (point){p.y, p.x}; }
EXPORT long long big(long long a) { return a + 1; }
EXPORT void say(const char *s) { printf("%s\n", s); }
EXPORT void boom(void) { abort(); }
