// llvm-project 217538: table and destination are parts of one buffer that overlap, first of the caller's, then of a
// local one.

!h = memref<?xi32, "host">
!front = memref<?xi32, strided<[1]>, "host">
!next = memref<?xi32, strided<[1], offset: 1>, "host">

func.func @slices_of_one(%index: !h {xpu.name = "index", xpu.shape = ["B"], xpu.noalias}, %buffer: !h {xpu.name = "buffer", xpu.shape = ["B + 1"], xpu.noalias}, %local: !h {xpu.name = "local", xpu.shape = ["B + 1"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %B = memref.dim %index, %c0 : !h
  %B1 = arith.addi %B, %c1 : index
  %tmp = "xpu.alloc"(%B) : (index) -> !h
  %mine = "xpu.alloc"(%B1) : (index) -> !h
  "xpu.copy"(%buffer, %mine) : (!h, !h) -> ()
  %table = memref.subview %buffer[0] [%B] [1] : !h to !front
  %next = memref.subview %buffer[1] [%B] [1] : !h to !next
  "xpu.gather"(%table, %index, %tmp) : (!front, !h, !h) -> ()
  "xpu.copy"(%tmp, %next) : (!h, !next) -> ()
  %my_table = memref.subview %mine[0] [%B] [1] : !h to !front
  %my_next = memref.subview %mine[1] [%B] [1] : !h to !next
  "xpu.gather"(%my_table, %index, %tmp) : (!front, !h, !h) -> ()
  "xpu.copy"(%tmp, %my_next) : (!h, !next) -> ()
  "xpu.copy"(%mine, %local) : (!h, !h) -> ()
  return
}
