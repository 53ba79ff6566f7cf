//@ until: plan
//@ program: run/hazard_two_writes_legal.mlir
// The twin in which only the second write has to be left.
