/* crc32.h: CRC-32 as IEEE 802.3 has it, and zlib's crc32. */
#ifndef CLIPPER_COMMAND_CRC32_H
#define CLIPPER_COMMAND_CRC32_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32_of(const void *bytes, size_t len);

#endif
