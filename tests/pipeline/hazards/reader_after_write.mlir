//@ until: plan
//@ program: run/hazard_reader_after_write.mlir
// What has to stay, stays.
