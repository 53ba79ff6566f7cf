//@ until: plan
//@ program: run/hazard_reader_after_write_legal.mlir
// The twin in which it is allowed: without a copy.
