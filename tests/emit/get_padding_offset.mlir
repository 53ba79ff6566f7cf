//@ until: lower
//@ target: kunlun3
//@ show: sources
//@ program: programs/get_padding_offset/get_padding_offset.mlir

// Scans in shared memory with barriers between them, a verdict that travels to the host, and the same in buffers of the
// device for batches that shared memory has no room for.
