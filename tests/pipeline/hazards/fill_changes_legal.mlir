//@ until: plan
//@ program: run/hazard_fill_changes_legal.mlir
// The twin in which it is allowed: without a copy.
