// Branches: values and memory that they write, one in the other, and what they yield.

!host = memref<?xi32, "host">
!dev = memref<?xi32, "device">

func.func @conditional(
    %c: i1 {xpu.name = "c"}, %d: i1 {xpu.name = "d"}, %k: i32 {xpu.name = "k"},
    %x: !host {xpu.name = "x", xpu.shape = ["B"]}, %y: !dev {xpu.name = "y", xpu.shape = ["B"]},
    %local: !host {xpu.name = "local", xpu.shape = ["B"], xpu.output}, %nested: !host {xpu.name = "nested", xpu.shape = ["B"], xpu.output}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %B = memref.dim %x, %c0 : !host
  %tmp = "xpu.alloc"(%B) : (index) -> !host
  "xpu.constant"(%zero, %tmp) : (i32, !host) -> ()
  "xpu.copy"(%x, %nested) : (!host, !host) -> ()
  %r = scf.if %c -> (i32) {
    "xpu.cumsum"(%x, %tmp) : (!host, !host) -> ()
    // The caller's own input is changed in one branch.
    "xpu.broadcast_add"(%y, %k, %y) : (!dev, i32, !dev) -> ()
    scf.if %d {
      "xpu.constant"(%k, %nested) : (i32, !host) -> ()
    } else {
      "xpu.broadcast_add"(%nested, %tmp, %nested) : (!host, !host, !host) -> ()
    }
    %twice = arith.addi %k, %k : i32
    scf.yield %twice : i32
  } else {
    scf.if %d {
      "xpu.constant"(%k, %tmp) : (i32, !host) -> ()
    }
    scf.yield %k : i32
  }
  "xpu.broadcast_add"(%tmp, %r, %local) : (!host, i32, !host) -> ()
  return
}
