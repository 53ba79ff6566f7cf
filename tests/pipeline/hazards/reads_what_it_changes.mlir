//@ until: plan
//@ program: run/hazard_reads_what_it_changes.mlir
// What has to stay, stays.
