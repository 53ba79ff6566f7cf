//@ until: plan
//@ program: run/hazard_reader_after_write_legal.mlir
// The twin in which the fill may be made in place, after the reader. It takes a copy yet.
