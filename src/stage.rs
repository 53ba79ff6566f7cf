//! A program at each stage: the only way to the next type is the step that establishes it.

use xpuc_dialect::ir::Module;

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
