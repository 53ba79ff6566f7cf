//@ until: plan
//@ program: run/hazard_reads_what_it_changes_legal.mlir
// The twin in which it is allowed to go without a copy. It does not yet.
