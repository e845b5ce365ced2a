//! [`List`]: numbers packed as a host has them, and values of any other kind.
//!
//! Not here: single values.

use super::value::Val;
use crate::types::ValType;
use std::borrow::Cow;

/// The packed kinds: the variant, and the type of an element.
macro_rules! packed {
    ($($name:ident $ty:ty,)+) => {
        /// The elements of a list. Numbers, truth values and characters are packed,
        /// and copied as they lie; as an argument, [`List::Val`] does for them too.
        #[derive(Clone, Debug)]
        #[allow(missing_docs)]
        pub enum List<'a> {
            $($name(Cow<'a, [$ty]>),)+
            /// Elements of any kind.
            Val(Vec<Val<'a>>),
        }

        impl<'a> List<'a> {
            /// How many there are.
            pub fn len(&self) -> usize {
                match self {
                    $(List::$name(elements) => elements.len(),)+
                    List::Val(elements) => elements.len(),
                }
            }

            /// Whether there are none.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// What they are, where they are packed.
            pub fn element(&self) -> Option<ValType> {
                match self {
                    $(List::$name(_) => Some(ValType::$name),)+
                    List::Val(_) => None,
                }
            }

            /// A copy that owns its elements; those that are values are left.
            pub(crate) fn to_owned(&self) -> Result<List<'static>, &[Val<'a>]> {
                match self {
                    $(List::$name(elements) => Ok(List::$name(elements.to_vec().into())),)+
                    List::Val(elements) => Err(elements),
                }
            }

            /// An element.
            pub fn get(&self, index: usize) -> Option<Val<'a>> {
                match self {
                    $(List::$name(elements) => elements.get(index).map(|v| Val::$name(*v)),)+
                    List::Val(elements) => elements.get(index).cloned(),
                }
            }
        }
    };
}

packed! {
    Bool bool, Char char,
    S8 i8, U8 u8, S16 i16, U16 u16, S32 i32, U32 u32, S64 i64, U64 u64,
    F32 f32, F64 f64,
}
