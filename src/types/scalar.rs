//! THE table of kinds of values: what each is called, its numbers in C and in
//! interface sections, and what carries it in core code. Whoever needs a list of
//! kinds makes it of this one.
//!
//! `build.rs` reads this file for the header, so it uses nothing of the crate.
//!
//! Not here: values.

/// Gives the table to a macro: all kinds, numbers first; or, after `packed`, those whose
/// lists are packed, with their types in Rust and numbers in C; or, after `scalars`, those
/// of these that are no numbers.
///
/// Of each kind there are: what it is, for people; its name in Rust, and in text modules
/// and C; its number in C, which never changes and is stored in precompiled modules; its
/// byte in interface sections, where it has one; the core type that carries it; of a
/// number its bits, sign, and type in Rust, else its class, and the bits of a scalar.
///
/// In C, 4 and 255 are told of what no value can have; 37 and 38 stand in values
/// with parts, and are no types: see `kind.rs`.
macro_rules! kinds_of_values {
    ($then:ident) => {
        kinds_of_values! { @table all $then }
    };
    (packed $then:ident) => {
        kinds_of_values! { @table packed $then }
    };
    (scalars $then:ident) => {
        kinds_of_values! { @table scalars $then }
    };
    (@table $which:ident $then:ident) => {
        kinds_of_values! {
            @$which $then
            core {
                "Core, 32 bits without sign." I32 i32 0 (0x0c) I32 32 Core i32;
                "Core, 64 bits without sign." I64 i64 1 (0x0d) I64 64 Core i64;
            }
            numbers {
                "Core and interface, IEEE 754 single precision." F32 f32 2 (0x08) F32 32 Float f32;
                "Core and interface, IEEE 754 double precision." F64 f64 3 (0x09) F64 64 Float f64;
                "Interface, signed, 8 bits." S8 s8 16 (0x00) I32 8 Signed i8;
                "Interface, unsigned, 8 bits." U8 u8 17 (0x04) I32 8 Unsigned u8;
                "Interface, signed, 16 bits." S16 s16 18 (0x01) I32 16 Signed i16;
                "Interface, unsigned, 16 bits." U16 u16 19 (0x05) I32 16 Unsigned u16;
                "Interface, signed, 32 bits." S32 s32 20 (0x02) I32 32 Signed i32;
                "Interface, unsigned, 32 bits." U32 u32 21 (0x06) I32 32 Unsigned u32;
                "Interface, signed, 64 bits." S64 s64 22 (0x03) I64 64 Signed i64;
                "Interface, unsigned, 64 bits." U64 u64 23 (0x07) I64 64 Unsigned u64;
            }
            text {
                "Interface: text, a sequence of Unicode scalar values." String string 24 (0x0a) I32 Text;
            }
            scalars {
                "Of components: 0 or 1, in `u8`." Bool bool 25 () I32 Scalar(8);
                "Of components: a Unicode scalar value, in `u32`." Char char 26 () I32 Scalar(32);
            }
            others {
                "Of components: one of several names, by its number, in `u32`." Enum enum 27 () I32 Composite;
                "Of components: a bit for each name, in `u32`." Flags flags 28 () I32 Composite;
                "Of components: any number of elements." List list 29 () I32 Composite;
                "Of components: fields with names, in order." Record record 30 () I32 Composite;
                "Of components: fields without names, in order." Tuple tuple 31 () I32 Composite;
                "Of components: one of several cases, and what it holds." Variant variant 32 () I32 Composite;
                "Of components: success, 0, or failure, 1, and what it holds." Result result 33 () I32 Composite;
                "Of components: a value, or none." Option option 34 () I32 Composite;
                "Of components: a resource that is given away." Own own 35 () I32 Composite;
                "Of components: a resource that is lent." Borrow borrow 36 () I32 Composite;
                "Core and interface: a nullable reference that guests cannot look into." ExternRef externref 128 (0x0b) ExternRef Reference;
                "Core: a nullable reference to a function." FuncRef funcref 129 () FuncRef Reference;
                "Core: a vector of 128 bits. It has a name here and no values: a host can link functions of such a type, not call them." V128 v128 4 () V128 Vector;
                "Any other core reference type (typed, garbage-collected, exception): a name without values, as of a vector." OtherRef ref 255 () OtherRef OtherReference;
            }
        }
    };
    (@all
        $then:ident
        core { $($core:tt)+ }
        numbers { $($numbers:tt)+ }
        text { $($text:tt)+ }
        scalars { $($scalars:tt)+ }
        others { $($others:tt)+ }
    ) => {
        $then! {
            numbers { $($core)+ $($numbers)+ }
            others { $($text)+ $($scalars)+ $($others)+ }
        }
    };
    (@packed
        $then:ident
        core $of_core:tt
        numbers { $($a:literal $n:ident $t:ident $c:literal $b:tt $core:ident $bits:literal $sign:ident $rust:ty;)+ }
        text $text:tt
        scalars { $($a2:literal $n2:ident $rust2:ident $c2:literal $b2:tt $core2:ident $class:tt $size:tt;)+ }
        others $others:tt
    ) => {
        $then! { $($n2 $c2 $rust2;)+ $($n $c $rust;)+ }
    };
    (@scalars
        $then:ident
        core $of_core:tt
        numbers $numbers:tt
        text $text:tt
        scalars { $($a:literal $n:ident $rust:ident $c:literal $b:tt $core:ident $class:tt $size:tt;)+ }
        others $others:tt
    ) => {
        $then! { $($n $c $rust;)+ }
    };
}

#[allow(unused_imports)] // `build.rs` has no use for it
pub(crate) use kinds_of_values;

/// What a kind is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A number of so many bits.
    Number(u32, Sign),
    /// Text.
    Text,
    /// A truth value or a character, of so many bits: not all of them are one.
    Scalar(u32),
    /// Of parts, which the kind alone does not tell; or a resource.
    Composite,
    /// A reference.
    Reference,
    /// Of a kind without values.
    Vector,
    /// A reference of a kind that has no values here.
    OtherReference,
}

/// How the bits of a number are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// An integer without a sign of its own.
    Core,
    /// An integer that may be negative.
    Signed,
    /// An integer that may not.
    Unsigned,
    /// No integer.
    Float,
}

/// A row of the table.
pub struct Kind {
    /// What it is, for people.
    pub about: &'static str,
    /// Its name in text modules and in messages; in upper case, in C.
    pub name: &'static str,
    /// Its number in C.
    pub number: u8,
    /// Its byte in interface sections.
    pub byte: Option<u8>,
    /// What carries it in core code.
    pub carrier: ValType,
    /// What it is.
    pub class: Class,
}

macro_rules! byte {
    () => {
        None
    };
    ($byte:literal) => {
        Some($byte)
    };
}

macro_rules! define {
    (
        numbers { $($a:literal $n:ident $t:ident $c:literal ($($b:literal)?) $core:ident $bits:literal $sign:ident $rust:ty;)+ }
        others { $($a2:literal $n2:ident $t2:ident $c2:literal ($($b2:literal)?) $core2:ident $class:ident $(($size:literal))?;)+ }
    ) => {
        /// The type of one value.
        ///
        /// Some are core WebAssembly's, some belong to interfaces. Nothing unifies:
        /// `I32` is neither `S32` nor `U32`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ValType {
            $(#[doc = $a] $n,)+
            $(#[doc = $a2] $n2,)+
        }

        impl ValType {
            /// All kinds.
            #[doc(hidden)]
            pub const ALL: &[ValType] = &[$(ValType::$n,)+ $(ValType::$n2,)+];
        }

        /// The table, in the order of [`ValType`].
        const KINDS: [Kind; ValType::ALL.len()] = [
            $(Kind {
                about: $a, name: stringify!($t), number: $c, byte: byte!($($b)?),
                carrier: ValType::$core, class: Class::Number($bits, Sign::$sign),
            },)+
            $(Kind {
                about: $a2, name: stringify!($t2), number: $c2, byte: byte!($($b2)?),
                carrier: ValType::$core2, class: Class::$class $(($size))?,
            },)+
        ];
    };
}

kinds_of_values!(define);

/// The kinds, each at the place of its number in C.
static BY_NUMBER: [Option<ValType>; 256] = {
    let mut by_number = [None; 256];
    let mut at = 0;
    while at < KINDS.len() {
        by_number[KINDS[at].number as usize] = Some(ValType::ALL[at]);
        at += 1;
    }
    by_number
};

/// How many kinds have a byte in interface sections: from zero on, each its own.
const IN_SECTIONS: usize = 14;

impl ValType {
    /// Its row of the table.
    #[doc(hidden)]
    #[inline]
    pub const fn kind(self) -> &'static Kind {
        &KINDS[self as usize]
    }

    /// The name in text modules and in messages.
    pub const fn name(self) -> &'static str {
        self.kind().name
    }

    /// Its number in C.
    #[doc(hidden)]
    #[inline]
    pub const fn number(self) -> u8 {
        self.kind().number
    }

    /// The kind of a number in C.
    #[doc(hidden)]
    #[inline]
    pub fn from_number(number: u8) -> Option<ValType> {
        BY_NUMBER[number as usize]
    }

    /// The core type that carries it; of a string, its address, its length, or its
    /// number with the host.
    #[inline]
    pub(crate) const fn carrier(self) -> ValType {
        self.kind().carrier
    }

    /// The bits and the sign of a number.
    #[doc(hidden)]
    #[inline]
    pub const fn as_number(self) -> Option<(u32, Sign)> {
        match self.kind().class {
            Class::Number(bits, sign) => Some((bits, sign)),
            Class::Text
            | Class::Scalar(_)
            | Class::Composite
            | Class::Reference
            | Class::Vector
            | Class::OtherReference => None,
        }
    }

    /// Whether core WebAssembly has this type.
    pub fn is_core(self) -> bool {
        self.carrier() == self
    }

    /// Whether it is text, of which adapters pass the place and the length; of all others
    /// they pass one core value.
    #[inline]
    pub(crate) const fn is_text(self) -> bool {
        match self.kind().class {
            Class::Text => true,
            Class::Number(..) | Class::Scalar(_) | Class::Reference => false,
            Class::Composite | Class::Vector | Class::OtherReference => false,
        }
    }

    /// Whether both core WebAssembly and interfaces have this type.
    pub fn is_shared(self) -> bool {
        self.is_core() && self.kind().byte.is_some()
    }

    /// Whether values of this type are references.
    #[inline]
    pub fn is_ref(self) -> bool {
        matches!(self.kind().class, Class::Reference | Class::OtherReference)
    }

    /// Whether there is more to a type than its kind: names, parts, a resource. Such
    /// types are components' own: see [`FuncType::signature`](crate::FuncType::signature).
    pub fn is_composite(self) -> bool {
        matches!(self.kind().class, Class::Composite)
    }

    /// Whether a host can hold a value of this type.
    pub fn has_values(self) -> bool {
        !matches!(self.kind().class, Class::Vector | Class::OtherReference)
    }

    /// The types that interfaces have, each at the place of its byte.
    pub(crate) const BY_BYTE: [ValType; IN_SECTIONS] = {
        let mut by_byte = [ValType::I32; IN_SECTIONS];
        let (mut at, mut met) = (0, 0u32);
        while at < KINDS.len() {
            if let Some(byte) = KINDS[at].byte {
                by_byte[byte as usize] = ValType::ALL[at];
                met |= 1 << byte;
            }
            at += 1;
        }
        assert!(met == (1 << IN_SECTIONS) - 1);
        by_byte
    };
}

#[cfg(test)]
mod tests {
    use super::{Sign, ValType};
    use std::collections::HashSet;

    #[test]
    fn the_table_is_consistent() {
        let (mut names, mut numbers) = (HashSet::new(), HashSet::new());
        for ty in ValType::ALL {
            assert!(names.insert(ty.name()) && numbers.insert(ty.number()), "{ty}");
            assert_eq!(ValType::from_number(ty.number()), Some(*ty));
            assert_eq!(ty.number() >= 128, ty.is_ref(), "{ty}");
            assert_eq!(ty.carrier().carrier(), ty.carrier(), "{ty}");
            if let Some((bits, sign)) = ty.as_number() {
                let (carrier, own) = ty.carrier().as_number().unwrap();
                assert_eq!(carrier, bits.max(32), "{ty}");
                assert_eq!(own == Sign::Float, sign == Sign::Float, "{ty}");
            }
        }
        for (byte, ty) in ValType::BY_BYTE.iter().enumerate() {
            assert_eq!(ty.kind().byte, Some(byte as u8));
        }
    }
}
