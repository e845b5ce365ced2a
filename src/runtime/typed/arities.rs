//! The numbers of parts that tuples and lists of parameters may have.

/// Gives them to a macro: for each number so many names of types, with their positions.
/// There is none called `F`, which is a function's.
macro_rules! arities {
    ($then:ident) => {
        $then! {
            (A 0)
            (A 0 B 1)
            (A 0 B 1 C 2)
            (A 0 B 1 C 2 D 3)
            (A 0 B 1 C 2 D 3 E 4)
            (A 0 B 1 C 2 D 3 E 4 G 5)
            (A 0 B 1 C 2 D 3 E 4 G 5 H 6)
            (A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7)
            (A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8)
            (A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9)
            (A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9 L 10)
            (A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9 L 10 M 11)
        }
    };
}

pub(super) use arities;
