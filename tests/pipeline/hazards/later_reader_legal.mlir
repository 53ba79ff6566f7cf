//@ until: plan
//@ program: run/hazard_later_reader_legal.mlir
// The twin in which it is allowed: without a copy.
