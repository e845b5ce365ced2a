/* A program's own signal handlers, beside those of the engine: they are still
 * called, on the stack that they were made for. */

#include "guest.h"

#if defined(_WIN32)
int main(void) { return 0; }
#else

#include <signal.h>

static volatile sig_atomic_t calls, on_alternate;

static void handler(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)info, (void)context;
  stack_t stack;
  calls++;
  on_alternate = sigaltstack(NULL, &stack) == 0 && (stack.ss_flags & SS_ONSTACK) != 0;
}

static void install(int signal, int flags) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | flags;
  REQUIRE(sigaction(signal, &action, NULL) == 0);
}

/* What is raised by the host is the host's: its handler runs, and returns. */
static void raised(int signal, int alternate) {
  calls = 0;
  on_alternate = -1;
  raise(signal);
  CHECK_EQ(calls, 1);
  CHECK_EQ(on_alternate, alternate);
}

static void traps(const guest_t* g, size_t function, const char* expected) {
  if (!may_fault()) return;
  CHECK(strstr(message_of(wasm_func_call(guest_func(g, function), NULL, NULL)), expected) != NULL);
}

int main(void) {
  /* An alternate stack to be found on. */
  static char memory[1 << 16];
  stack_t stack;
  memset(&stack, 0, sizeof stack);
  stack.ss_sp = memory;
  stack.ss_size = sizeof memory;
  REQUIRE(sigaltstack(&stack, NULL) == 0);
  install(SIGFPE, 0);
  install(SIGILL, SA_ONSTACK);
  raised(SIGFPE, 0);
  raised(SIGILL, 1);

  guest_t g;
  guest_open(&g,
    "(module (memory 1)"
    "  (func (export \"divide\") (drop (i32.div_s (i32.const 1) (i32.load (i32.const 0)))))"
    "  (func (export \"unreachable\") unreachable))");
  for (int round = 0; round < 2; round++) {
    traps(&g, 0, "divide by zero");
    traps(&g, 1, "unreachable");
    raised(SIGFPE, 0);
    raised(SIGILL, 1);
  }

  /* A second engine changes nothing. */
  guest_t other;
  guest_open(&other, "(module)");
  raised(SIGFPE, 0);
  raised(SIGILL, 1);
  guest_close(&other);
  traps(&g, 0, "divide by zero");
  guest_close(&g);
  return check_result();
}
#endif
