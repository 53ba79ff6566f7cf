//@ until: plan
//@ program: run/hazard_source_written_legal.mlir
// The twin in which one copy has to be left. The fill takes a second one yet.
