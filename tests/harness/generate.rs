//! Random programs.

use crate::Test;

pub(crate) fn tests() -> Vec<Test> {
    Vec::new()
}
