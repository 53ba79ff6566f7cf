//@ until: plan
//@ program: run/hazard_source_written.mlir
// What has to stay, stays.
