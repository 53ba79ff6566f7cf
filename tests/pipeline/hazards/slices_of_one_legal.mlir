//@ until: plan
//@ program: run/hazard_slices_of_one_legal.mlir
// The twin in which it is allowed: without a copy.
