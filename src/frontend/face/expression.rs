//! What a face says in place of a form: values of a call, named and computed.
//!
//! Not here: the instructions.

/// A number, made of what a call has.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    Number(f64),
    /// Words with dots between: `src.length`.
    Name(String),
    /// The address of a word that the core stores, called so from then on.
    Place(String),
    /// A core function of numbers.
    Call(String, Vec<Expression>),
    Binary(Binary, Box<(Expression, Expression)>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
}

/// By how tightly they bind; of two that begin alike, the longer one first.
const LEVELS: &[&[(&str, Binary)]] = &[
    &[
        ("==", Binary::Equal),
        ("!=", Binary::NotEqual),
        ("<=", Binary::LessOrEqual),
        (">=", Binary::MoreOrEqual),
        ("<", Binary::Less),
        (">", Binary::More),
    ],
    &[("+", Binary::Add), ("-", Binary::Subtract)],
    &[("*", Binary::Multiply), ("/", Binary::Divide)],
];

/// So deep may they be.
const MOST_DEPTH: usize = 32;
/// So long may one be, in bytes.
const MOST: usize = 1_000;

impl Expression {
    /// Reads one.
    ///
    /// # Errors
    /// Where it is none, in bytes from its beginning, and what is expected there.
    pub fn parse(text: &str) -> Result<Expression, (usize, String)> {
        let mut parser = Parser { text, at: 0 };
        if text.len() > MOST {
            return Err((0, format!("an expression has up to {MOST} bytes")));
        }
        let found = parser.binary(0, 0)?;
        match parser.rest().is_empty() {
            true => Ok(found),
            false => Err((parser.at, "this is no part of an expression".into())),
        }
    }

    /// Tells all names in it.
    pub fn names<'e>(&'e self, out: &mut Vec<&'e str>) {
        match self {
            Expression::Number(_) | Expression::Place(_) => {}
            Expression::Name(name) => out.push(name),
            Expression::Call(_, args) => args.iter().for_each(|arg| arg.names(out)),
            Expression::Binary(_, both) => {
                both.0.names(out);
                both.1.names(out);
            }
        }
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Parser<'t> {
    /// What comes next, without spaces.
    fn rest(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn binary(&mut self, level: usize, depth: usize) -> Result<Expression, (usize, String)> {
        let Some(operators) = LEVELS.get(level) else { return self.operand(depth) };
        let mut left = self.binary(level + 1, depth)?;
        let mut count = 0;
        while let Some((_, op)) = operators.iter().find(|(token, _)| self.take(token)) {
            count += 1;
            if depth + count > MOST_DEPTH {
                return Err((self.at, "this expression is too large".into()));
            }
            let right = self.binary(level + 1, depth)?;
            left = Expression::Binary(*op, Box::new((left, right)));
        }
        Ok(left)
    }

    fn operand(&mut self, depth: usize) -> Result<Expression, (usize, String)> {
        if depth >= MOST_DEPTH {
            return Err((self.at, "this expression is too large".into()));
        }
        if self.take("(") {
            let inner = self.binary(0, depth + 1)?;
            return match self.take(")") {
                true => Ok(inner),
                false => Err((self.at, "`)` is missing".into())),
            };
        }
        let is_place = self.take("&");
        let rest = self.rest();
        let negative = rest.starts_with('-');
        let digits = &rest[negative as usize..];
        if !is_place && digits.starts_with(|c: char| c.is_ascii_digit()) {
            let end = digits.find(|c: char| !c.is_ascii_digit() && c != '.');
            let end = end.unwrap_or(digits.len()) + negative as usize;
            let number = rest[..end].parse().map_err(|_| (self.at, "this is no number".into()))?;
            self.at += end;
            return Ok(Expression::Number(number));
        }
        // A dash belongs to a name where a letter or digit is behind it.
        let bytes = rest.as_bytes();
        let is_word = |at: usize| {
            bytes.get(at).is_some_and(|b| b.is_ascii_alphanumeric() || b"_$.".contains(b))
        };
        let mut end = 0;
        while is_word(end) || (end > 0 && bytes.get(end) == Some(&b'-') && is_word(end + 1)) {
            end += 1;
        }
        if end == 0 {
            return Err((self.at, "a number, a name or `(` belongs here".into()));
        }
        let name = rest[..end].to_owned();
        self.at += end;
        if is_place {
            return Ok(Expression::Place(name));
        }
        if !self.take("(") {
            return Ok(Expression::Name(name));
        }
        let mut args = Vec::new();
        while !self.take(")") {
            if !args.is_empty() && !self.take(",") {
                return Err((self.at, "`,` or `)` is missing".into()));
            }
            args.push(self.binary(0, depth + 1)?);
        }
        Ok(Expression::Call(name, args))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precedence_and_names() {
        let parsed = Expression::parse("bound(src.length, -2) + a-b * 4 == 1").unwrap();
        let mut names = Vec::new();
        parsed.names(&mut names);
        assert_eq!(names, ["src.length", "a-b"]);
        let Expression::Binary(Binary::Equal, both) = &parsed else { panic!("{parsed:?}") };
        assert!(matches!(both.0, Expression::Binary(Binary::Add, _)), "{parsed:?}");
        let spaced = Expression::parse("a - b").unwrap();
        assert!(matches!(spaced, Expression::Binary(Binary::Subtract, _)), "{spaced:?}");
    }

    #[test]
    fn mistakes() {
        for (text, at) in [("", 0), ("a +", 3), ("f(a b)", 4), ("(a", 2), ("a b", 2), ("é", 0)] {
            assert_eq!(Expression::parse(text).unwrap_err().0, at, "{text}");
        }
        assert!(Expression::parse(&"(".repeat(900)).is_err());
        assert!(Expression::parse(&"1+".repeat(400)).is_err());
    }
}
