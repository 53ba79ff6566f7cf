//! A program at each stage: the only way to the next type is the step that establishes it.

use xpuc_dialect::ir::{Func, Module};

macro_rules! stage {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(pub(crate) Module);

        impl $name {
            /// The program.
            pub fn module(&self) -> &Module {
                &self.0
            }
        }
    };
}

stage!(
    /// Buffer form; every constraint of the dialect holds.
    Verified
);
stage!(
    /// Value form; sizes agree, and are what the function declares.
    Shaped
);
stage!(
    /// Buffer form in the order of execution; a program that is not optimized is planned as written.
    Planned
);
stage!(
    /// Commands, host loops and kernels.
    Lowered
);

impl Lowered {
    /// The function that a run calls: the first one that has a body and is no kernel.
    pub fn host(&self) -> Option<&Func> {
        self.0.funcs.iter().find(|f| !f.body.is_empty() && !f.attrs.contains_key("xpu.kernel"))
    }
}
