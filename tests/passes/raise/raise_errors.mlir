//@ passes: raise
// Programs that cannot be raised.

// expected-error @below {{raise: expected a function body of one block, found 2}}
func.func @blocks(%x: memref<?xi32, "host">) {
  cf.br ^bb1
^bb1:
  return
}
