//@ until: plan
//@ program: run/hazard_later_reader.mlir
// What has to stay, stays.
