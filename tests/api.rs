//! Programs that were compiled against a header of this version go on working:
//! `include/api.txt` lists what they rely on, and loses no line. `make header` adds
//! what is new; a line is changed or taken out by hand only, with a new minor number.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// While the major number is 0, each minor release has a library name of its own.
const VERSION: &str =
    concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));

#[cfg(target_pointer_width = "64")]
#[test]
fn nothing_is_taken_away() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/api.txt");
    let committed = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    let actual = describe(&fs::read_to_string(path.with_file_name("witrt.h")).unwrap());
    match compare(&committed, VERSION, &actual) {
        Verdict::Same => {}
        Verdict::Grown(new) if env::var_os("BLESS").is_some() => fs::write(&path, new).unwrap(),
        Verdict::Grown(_) => panic!("{} lacks what is new; `make header` adds it", path.display()),
        Verdict::Lost(lines) => panic!(
            "programs compiled against libwitrt {VERSION} rely on what is no longer so:\n{}",
            lines.join("\n")
        ),
    }
}

/// What is in the header, a line each, in order.
type Api = BTreeSet<String>;

#[derive(Debug, PartialEq)]
enum Verdict {
    Same,
    /// With what is new, to be committed.
    Grown(String),
    /// Lines that the header no longer has, or has otherwise.
    Lost(Vec<String>),
}

fn compare(committed: &str, version: &str, actual: &Api) -> Verdict {
    let mut lines = committed.lines();
    let of_this_version = lines.next() == Some(&head(version));
    let known: Api = lines.map(str::to_owned).collect();
    let lost: Vec<_> = known.difference(actual).cloned().collect();
    if of_this_version && !lost.is_empty() {
        return Verdict::Lost(lost);
    }
    if of_this_version && known == *actual {
        return Verdict::Same;
    }
    let lines = actual.iter().map(|line| format!("{line}\n"));
    Verdict::Grown(head(version) + "\n" + &lines.collect::<String>())
}

fn head(version: &str) -> String {
    format!(
        "# libwitrt {version}: what programs rely on; sizes and offsets where pointers have 64 bits"
    )
}

/// Functions and callbacks with their types, structs and unions with sizes and
/// offsets, constants with their numbers, and the names of macros.
fn describe(header: &str) -> Api {
    let mut api = Api::new();
    let text = without_comments(header).replace("\\\n", " ");
    let (directives, code): (Vec<_>, Vec<_>) =
        text.lines().partition(|line| line.trim_start().starts_with('#'));
    for line in directives {
        let Some(rest) = line.trim_start()[1..].trim_start().strip_prefix("define ") else {
            continue;
        };
        let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
        // The version is to change.
        if !name.starts_with("WITRT_VERSION") && !name.ends_with("_H") {
            let params =
                rest[name.len()..].strip_prefix('(').and_then(|rest| rest.split(')').next());
            api.insert(match params {
                Some(params) => format!("macro {name}({})", spaced(params)),
                None => format!("macro {name}"),
            });
        }
    }
    let mut questions = Vec::new();
    for item in items(&code.join("\n")) {
        let words: Vec<_> = item.split(' ').collect();
        if let Some(function) = item.strip_prefix("WASM_API_EXTERN ") {
            api.insert(format!("function {}", without_names(function)));
        } else if item.starts_with("static inline ") {
            let name = item.split('(').next().unwrap().rsplit([' ', '*']).next().unwrap();
            api.insert(format!("inline {name}"));
        } else if words[0] == "typedef" && item.contains('{') {
            let (before, inside) = item.split_once('{').unwrap();
            let (inside, _) = inside.rsplit_once('}').unwrap();
            let name = before.split(' ').nth(2).unwrap();
            match words[1] {
                "enum" => questions.extend(inside.split(',').filter_map(constant)),
                _ => {
                    questions.push((
                        format!("{} {name}: %zu bytes, aligned to %zu", words[1]),
                        vec![format!("sizeof({name})"), format!("ALIGNED({name})")],
                    ));
                    let members = inside.split(';').filter(|member| !member.trim().is_empty());
                    questions.extend(members.map(|member| of_member(name, member.trim())));
                }
            }
        } else if words[0] == "typedef" && item.contains("(*") {
            api.insert(format!("callback {}", without_names(&item["typedef ".len()..])));
        } else if words[0] == "typedef" {
            api.insert(format!("type {}", &item["typedef ".len()..]));
        }
    }
    api.extend(answers(&questions));
    api
}

/// What to print, with `%zu` or `%lld` for the values of these expressions.
type Question = (String, Vec<String>);

fn constant(text: &str) -> Option<Question> {
    let name = text.split('=').next()?.trim();
    (!name.is_empty())
        .then(|| (format!("constant {name} = %lld"), vec![format!("(long long)({name})")]))
}

/// A member's offset, size and type.
fn of_member(of: &str, member: &str) -> Question {
    let declared = member.split('[').next().unwrap();
    // The name of a pointer to a function is in brackets.
    let declared = match declared.split_once("(*") {
        Some((_, rest)) => rest.split(')').next().unwrap(),
        None => declared,
    };
    let name = declared.trim().rsplit([' ', '*']).next().unwrap();
    (
        format!("member {of}.{name}: at %zu, %zu bytes, {member}"),
        vec![format!("offsetof({of}, {name})"), format!("sizeof((({of} *)0)->{name})")],
    )
}

/// As a compiler for C answers them.
fn answers(questions: &[Question]) -> Vec<String> {
    let mut program = String::from(
        "#include <stdio.h>\n#include \"witrt.h\"\n\
         #define ALIGNED(type) offsetof(struct { char c; type t; }, t)\nint main(void) {\n",
    );
    for (text, values) in questions {
        program += &format!("  printf(\"{text}\\n\", {});\n", values.join(", "));
    }
    program += "  return 0;\n}\n";
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("api-{}", questions.len()));
    fs::create_dir_all(&dir).unwrap();
    let (source, binary) = (dir.join("api.c"), dir.join("api"));
    fs::write(&source, program).unwrap();
    let include = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("include");
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".into());
    let mut compile = Command::new(compiler);
    let compiled =
        compile.arg("-I").arg(include).arg("-o").args([&binary, &source]).output().unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let told = Command::new(&binary).output().unwrap();
    String::from_utf8(told.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn without_comments(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        out += line.split("//").next().unwrap();
        out.push('\n');
    }
    while let Some(at) = out.find("/*") {
        let end = at + out[at..].find("*/").expect("a comment ends") + 2;
        out.replace_range(at..end, " ");
    }
    out
}

/// Declarations and definitions at the top, each in one line.
fn items(code: &str) -> Vec<String> {
    let mut items = Vec::new();
    let (mut depth, mut item) = (0, String::new());
    let code = code.replace("extern \"C\" {", "");
    for c in code.chars() {
        item.push(c);
        depth += i32::from(c == '{') - i32::from(c == '}');
        let body = c == '}' && !item.trim_start().starts_with("typedef");
        if depth <= 0 && (c == ';' || body) {
            items.push(spaced(item.trim_end_matches(';')));
            (depth, item) = (0, String::new());
        }
    }
    items
}

/// With one space where there is any.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("( ", "(")
}

/// A function's type without the names of its parameters, which no program relies on.
fn without_names(function: &str) -> String {
    let at = function.rfind('(').unwrap();
    let (name, params) = (&function[..at], function[at + 1..].trim_end_matches(')'));
    let typed = params.split(", ").map(|param| {
        let end = param.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_');
        if end.is_empty() { param } else { end.trim_end() }
    });
    format!("{name}({})", typed.collect::<Vec<_>>().join(", "))
}

#[test]
fn planted_changes_are_found() {
    const HEADER: &str = "typedef struct s_t { int a; /* two */ const char *b[2]; } s_t;\n\
        typedef enum e_t { WASM_I32 = 0, } e_t;\n#define MAX(a, b) \\\n  a\n\
        WASM_API_EXTERN struct s_t *get(const struct s_t *from,\n  size_t count); // one\n\
        static inline int twice(int x) { return 2 * x; }\n";
    let items = |text: &str| -> Api {
        items(&without_comments(text).replace("\\\n", " ").replace('#', ";#")).into_iter().collect()
    };
    assert!(items(HEADER).contains("typedef struct s_t { int a; const char *b[2]; } s_t"));
    let get = "struct s_t *get(const struct s_t *from, size_t count)";
    assert_eq!(without_names(get), "struct s_t *get(const struct s_t *, size_t)");
    assert_eq!(without_names("void run(void)"), "void run(void)");
    let (text, values) = of_member("s_t", "const char *b[2]");
    assert_eq!(text, "member s_t.b: at %zu, %zu bytes, const char *b[2]");
    assert_eq!(values, ["offsetof(s_t, b)", "sizeof(((s_t *)0)->b)"]);

    let api = |lines: &[&str]| -> Api { lines.iter().map(|&line| line.to_owned()).collect() };
    let committed = head("1.2") + "\nconstant A = 0\nfunction get(void)\n";
    let same = api(&["constant A = 0", "function get(void)"]);
    assert_eq!(compare(&committed, "1.2", &same), Verdict::Same);
    let changed = api(&["constant A = 1", "function get(void)"]);
    assert_eq!(compare(&committed, "1.2", &changed), Verdict::Lost(vec!["constant A = 0".into()]));
    let fewer = api(&["constant A = 0"]);
    assert_eq!(
        compare(&committed, "1.2", &fewer),
        Verdict::Lost(vec!["function get(void)".into()])
    );
    let more = api(&["constant A = 0", "constant B = 1", "function get(void)"]);
    let grown = head("1.2") + "\nconstant A = 0\nconstant B = 1\nfunction get(void)\n";
    assert_eq!(compare(&committed, "1.2", &more), Verdict::Grown(grown));
    // The next version may be another one.
    assert!(matches!(compare(&committed, "1.3", &fewer), Verdict::Grown(_)));
}
