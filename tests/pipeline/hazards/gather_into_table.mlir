//@ until: plan
//@ program: run/hazard_gather_into_table.mlir
// What has to stay, stays.
