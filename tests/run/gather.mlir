// Elements of a table by index; the index is brought into the table's range first. Then the chain of slot mapping.

!dev = memref<?xi32, "device">

func.func @gather(
    %table: !dev {xpu.name = "table", xpu.shape = ["N"]}, %index: !dev {xpu.name = "index", xpu.shape = ["B"]}, %k: i32 {xpu.name = "k"},
    %out: !dev {xpu.name = "out", xpu.shape = ["B"], xpu.output}, %chain: !dev {xpu.name = "chain", xpu.shape = ["B"], xpu.output}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %B = memref.dim %index, %c0 : !dev
  %N = memref.dim %table, %c0 : !dev
  %n = arith.index_cast %N : index to i32
  %last = arith.subi %n, %one : i32
  %inside = "xpu.alloc"(%B) : (index) -> !dev
  "xpu.broadcast_min"(%index, %last, %inside) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_max"(%inside, %zero, %inside) : (!dev, i32, !dev) -> ()
  "xpu.gather"(%table, %inside, %out) : (!dev, !dev, !dev) -> ()
  %block = "xpu.alloc"(%B) : (index) -> !dev
  "xpu.gather"(%table, %inside, %block) : (!dev, !dev, !dev) -> ()
  "xpu.broadcast_mul"(%block, %k, %block) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_add"(%block, %index, %chain) : (!dev, !dev, !dev) -> ()
  "xpu.free"(%inside) : (!dev) -> ()
  "xpu.free"(%block) : (!dev) -> ()
  return
}
