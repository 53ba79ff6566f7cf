//@ passes: raise
// A buffer that is also seen flat stays memory. Where all of it ends in a buffer of the caller, it is that buffer.

!dev = memref<?xi32, "device">
!dev_2d = memref<?x?xi32, "device">

func.func @flat(%x: !dev {xpu.name = "x"}, %y: !dev_2d {xpu.name = "y", xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %B = memref.dim %x, %c0 : !dev
  %local = "xpu.alloc"(%B, %c1) : (index, index) -> !dev_2d
  %flat = memref.collapse_shape %local [[0, 1]] : !dev_2d into !dev
  "xpu.cumsum"(%x, %flat) : (!dev, !dev) -> ()
  "xpu.copy"(%local, %y) : (!dev_2d, !dev_2d) -> ()
  return
}

// -----

// A clause may fail after it is written: it stays a buffer of its own.
func.func @clause(%x: memref<?xi32, "device"> {xpu.name = "x"}, %k: i32 {xpu.name = "k"}, %y: memref<?x?xi32, "device"> {xpu.name = "y", xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  %local = "xpu.alloc"(%B, %c1) : (index, index) -> memref<?x?xi32, "device">
  %flat = memref.collapse_shape %local [[0, 1]] : memref<?x?xi32, "device"> into memref<?xi32, "device">
  "xpu.cumsum"(%x, %flat) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  %one = arith.constant 1 : i32
  "xpu.require"(%k, %one) {predicate = "sge", message = "k"} : (i32, i32) -> ()
  "xpu.copy"(%local, %y) : (memref<?x?xi32, "device">, memref<?x?xi32, "device">) -> ()
  return
}

// -----

// Read after it is copied: what is read is the local buffer's content, which the caller's may no longer have.
func.func @used_after(%x: memref<?xi32, "device"> {xpu.name = "x"}, %y: memref<?x?xi32, "device"> {xpu.name = "y", xpu.noalias, xpu.output}, %z: memref<?xi32, "device"> {xpu.name = "z", xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  %local = "xpu.alloc"(%B, %c1) : (index, index) -> memref<?x?xi32, "device">
  %flat = memref.collapse_shape %local [[0, 1]] : memref<?x?xi32, "device"> into memref<?xi32, "device">
  "xpu.cumsum"(%x, %flat) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.copy"(%local, %y) : (memref<?x?xi32, "device">, memref<?x?xi32, "device">) -> ()
  "xpu.cumsum"(%flat, %flat) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.copy"(%flat, %z) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
