/* Every function of the header, used wrongly in every way that the header
 * permits: a table of functions and situations, of which each cell has to end
 * with a normal return. Each function has a process of its own. The columns are
 * what is passed:
 *
 *   as meant       objects of the right kind
 *   NULL           in each place for a pointer or number
 *   wrong kind     an object of each other kind, where a cast can bring one
 *                  there; numbers that name nothing; vectors of NULL
 *   other store    an object of another store in each place
 *
 * and then where it is called and what else happens meanwhile: the table of
 * misuse_situations.h. What a call gives, and what it was given, is deleted
 * after it; then nothing of its store may be left.
 *
 * `misuse table` prints a line for each function. The functions are read from
 * the header by misuse.awk; that none is missing is checked with the list of
 * symbols. */

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "misuse_arguments.h"
#include "misuse_prepared.h"
#include "misuse_guest.h"

/* What the header says of doing it a second time with the same. */
enum { UNSAID, PERMITTED, REFUSED };

typedef struct {
  const char* name;
  int count;
  int again;
  void (*call)(int at, int how);
} row_t;

#include "misuse_situations.h"

static const situation_t* situation;

/* Calls in the situation, and cleans up. */
static void arranged(void (*call)(void*), void (*drop)(void*, part_t), void* args) {
  function = call, give_up = drop, arguments = args;
  situation->arrange();
  in_callback = NULL, attach = NULL;
  drop(args, ALL);
}

#define ARG(i, X) \
  (from = i == at && how == OTHER ? &theirs : &mine, any_##X(i == at && how != OTHER ? how : GOOD))
#define OUT(i, X) (i == at && how == NOTHING ? NULL : out_##X())
#include "misuse.inc"

enum { PASSED = 4, COLUMNS = PASSED + SITUATIONS };
static const char* const passed[PASSED] = {"as meant", "NULL", "wrong kind", "other store"};

/* What the children tell. */
typedef struct {
  int at, how, column, round;
  uint8_t tried[FUNCTIONS][COLUMNS], ended[FUNCTIONS][COLUMNS];
  uint32_t told[700]; /* how often each kind of error was the answer */
  uint32_t rounds[COLUMNS], hooked[COLUMNS];
} report_t;
static volatile report_t* report;

static const char* name_of(int column) {
  return column < PASSED ? passed[column] : situations[column - PASSED].name;
}

/* In a fresh store, as often as the situation asks for. */
static void cell(int row, int at, int how, int column) {
  report->at = at, report->how = how, report->column = column;
  report->tried[row][column]++;
  for (round_ = 0, more = true; more; round_++) {
    report->round = round_;
    more = false;
    nulls = situation->nulls, large = situation->large, strings_are = situation->strings, is_final = true;
    of_component = situation->of_component;
    write_text();
    outcome = WITRT_ERROR_NONE;
    open_guest(&mine);
    store_is_argument = hooked = false, again = rows[row].again, attach = situation->attach;
    rows[row].call(at, how);
    if (outcome < 700) report->told[outcome]++;
    report->rounds[column]++, report->hooked[column] += hooked;
    delete_mine();
    if (!theirs.store) delete_others(&theirs), open_guest(&theirs);
    /* Elements of a vector that is to have none stay the caller's. */
    bool none = at == 1 && how == NOTHING && strstr(rows[row].name, "_vec_new");
    if (!CHECK(none || stores == 1))
      fprintf(stderr, "  %s, argument %d, variant %d, %s, round %d: something is left\n", rows[row].name, at, how,
              name_of(column), round_);
    stores = 1;
  }
  report->ended[row][column]++;
}

/* In the child: everything is made here, because threads of an engine do not
 * survive a fork. */
static void try(int row) {
  alarm(300);
  checks_failed = 0;
  make_engine();
  open_guest(&theirs);
  situation = &situations[0];
  int places = rows[row].count ? rows[row].count : 1;
  for (int at = 0; at < places; at++) {
    int variants = rows[row].count ? VARIANTS : GOOD + 1;
    for (int how = at ? NOTHING : GOOD; how < variants; how++)
      cell(row, at, how, how < WRONG ? (const int[]){0, 1, 3}[how] : 2);
  }
  for (int i = 0; i < SITUATIONS; i++) {
    situation = &situations[i];
    cell(row, 0, GOOD, PASSED + i);
  }
  delete_others(&theirs);
  CHECK_EQ(stores, 0);
  delete_engine();
  _exit(checks_failed != 0);
}

/* Every symbol of the library is in the table. */
static void complete(void) {
  char line[100];
  FILE* symbols = fopen(SYMBOLS, "r");
  REQUIRE(symbols);
  int count = 0;
  while (fgets(line, sizeof line, symbols)) {
    line[strcspn(line, "\r\n")] = 0;
    int found = 0;
    for (int i = 0; i < FUNCTIONS; i++) found |= strcmp(rows[i].name, line) == 0;
    if (!CHECK(found)) fprintf(stderr, "  %s\n", line);
    count++;
  }
  fclose(symbols);
  CHECK_EQ(count, FUNCTIONS);
}

static void print(bool all) {
  int total[2] = {0, 0};
  for (int i = 0; all && i < FUNCTIONS; i++) {
    printf("%-45s", rows[i].name);
    for (int c = 0; c < COLUMNS; c++) printf(" %3d", report->ended[i][c]);
    printf("\n");
  }
  printf("%d functions; cells, those that ended, calls for them, and how often what was to happen did:\n", FUNCTIONS);
  for (int c = 0; c < COLUMNS; c++) {
    int tried = 0, ended = 0;
    for (int i = 0; i < FUNCTIONS; i++) tried += report->tried[i][c], ended += report->ended[i][c];
    printf("  %-22s %5d %5d %6u %6u\n", name_of(c), tried, ended, (unsigned)report->rounds[c], (unsigned)report->hooked[c]);
    total[0] += tried, total[1] += ended;
    CHECK_EQ(tried, ended);
    CHECK(tried >= FUNCTIONS || c < PASSED);
    /* That the situations were what they are called. */
    if (c >= PASSED) CHECK(report->hooked[c] >= situations[c - PASSED].least);
  }
  printf("  %-22s %5d %5d\n", "all", total[0], total[1]);
  static const struct { const char* name; witrt_error_kind_t kind; uint32_t least; } answers[] = {
    {"NULL pointer", WITRT_ERROR_NULL_POINTER, 200}, {"wrong kind", WITRT_ERROR_WRONG_KIND, 200},
    {"wrong store", WITRT_ERROR_WRONG_STORE, 10}, {"store busy", WITRT_ERROR_STORE_BUSY, 20},
    {"unknown kind", WITRT_ERROR_UNKNOWN_KIND, 30}, {"no memory", WITRT_ERROR_OUT_OF_MEMORY, CAN_REFUSE ? 20 : 0},
  };
  printf("answers:");
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    uint32_t count = report->told[answers[i].kind];
    printf(" %s %u%s", answers[i].name, (unsigned)count, i + 1 < sizeof answers / sizeof *answers ? "," : "\n");
    CHECK(count >= answers[i].least);
  }
  CHECK_EQ(report->told[WITRT_ERROR_PANIC], 0);
}

/* `misuse table` prints all; `misuse FUNCTION` tries that one, in this process. */
int main(int argc, char** argv) {
  report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE((const volatile void*)report != MAP_FAILED);
  complete();
  for (int i = 0; i < FUNCTIONS; i++) {
    if (argc > 1 && strcmp(argv[1], "table") != 0) {
      if (strcmp(argv[1], rows[i].name) == 0) try(i);
      continue;
    }
    report->column = report->at = report->how = 0;
    pid_t child = fork();
    if (child == 0) try(i);
    int status = -1;
    waitpid(child, &status, 0);
    if (!CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0))
      fprintf(stderr, "  %s, argument %d, variant %d, %s, round %d: status %#x\n", rows[i].name, report->at,
              report->how, name_of(report->column), report->round, (unsigned)status);
  }
  print(argc > 1 && strcmp(argv[1], "table") == 0);
  return check_result();
}
