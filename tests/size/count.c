/* A plugin for QEMU's translator that counts executed instructions, exactly: of each stretch between two places in the program, and at
   each address.

     -plugin ./libcount.so,begin=HEX,end=HEX,base=HEX,bytes=N,out=FILE

   begin and end are addresses of instructions. FILE gets a line "stretch N" for each time that end was reached after begin, in order, with
   the instructions from begin on and without the one at end; then "at HEX N" for each address of the `bytes` from `base` on, counted from the first
   begin to the last end. Interrupts that come between count too.

   Debian has no qemu-plugin.h: what is used of version 1 of the interface (QEMU 4.2 on, docs/devel/tcg-plugins.rst) is declared here. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };
typedef void (*translated)(qemu_plugin_id_t, struct qemu_plugin_tb*);
typedef void (*ended)(qemu_plugin_id_t, void*);
typedef void (*executed)(unsigned int, void*);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, translated);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, ended, void*);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb*);
struct qemu_plugin_insn* qemu_plugin_tb_get_insn(const struct qemu_plugin_tb*, size_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn*);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn*, executed, enum qemu_plugin_cb_flags, void*);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn*, enum qemu_plugin_op, void*, uint64_t);

EXPORT int qemu_plugin_version = 1;

static uint64_t total, began, begin_at, end_at, base, bytes;
static uint64_t *at, *before, *after; /* one for each half-word: no instruction begins elsewhere */
static int running, ever;
static FILE* out;

static void begin(unsigned int processor, void* unused) {
    (void)processor;
    (void)unused;
    if (!ever) memcpy(before, at, bytes / 2 * sizeof *at);
    ever = running = 1;
    began = total;
}

static void end(unsigned int processor, void* unused) {
    (void)processor;
    (void)unused;
    if (!running) return;
    running = 0;
    memcpy(after, at, bytes / 2 * sizeof *at);
    fprintf(out, "stretch %llu\n", (unsigned long long)(total - began));
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb* block) {
    (void)id;
    const size_t n = qemu_plugin_tb_n_insns(block);
    for (size_t i = 0; i < n; ++i) {
        struct qemu_plugin_insn* one = qemu_plugin_tb_get_insn(block, i);
        const uint64_t address = qemu_plugin_insn_vaddr(one);
        if (address == begin_at) qemu_plugin_register_vcpu_insn_exec_cb(one, begin, QEMU_PLUGIN_CB_NO_REGS, NULL);
        if (address == end_at) qemu_plugin_register_vcpu_insn_exec_cb(one, end, QEMU_PLUGIN_CB_NO_REGS, NULL);
        qemu_plugin_register_vcpu_insn_exec_inline(one, QEMU_PLUGIN_INLINE_ADD_U64, &total, 1);
        if (address - base < bytes) qemu_plugin_register_vcpu_insn_exec_inline(one, QEMU_PLUGIN_INLINE_ADD_U64, &at[(address - base) / 2], 1);
    }
}

static void finish(qemu_plugin_id_t id, void* unused) {
    (void)id;
    (void)unused;
    for (uint64_t i = 0; i < bytes / 2; ++i) {
        if (after[i] != before[i]) fprintf(out, "at %llx %llu\n", (unsigned long long)(base + 2 * i), (unsigned long long)(after[i] - before[i]));
    }
    fclose(out);
}

/* The third argument describes the machine, which does not matter here. */
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void* machine, int argc, char** argv) {
    (void)machine;
    for (int i = 0; i < argc; ++i) {
        if (strncmp(argv[i], "begin=", 6) == 0) begin_at = strtoull(argv[i] + 6, NULL, 16);
        if (strncmp(argv[i], "end=", 4) == 0) end_at = strtoull(argv[i] + 4, NULL, 16);
        if (strncmp(argv[i], "base=", 5) == 0) base = strtoull(argv[i] + 5, NULL, 16);
        if (strncmp(argv[i], "bytes=", 6) == 0) bytes = strtoull(argv[i] + 6, NULL, 10);
        if (strncmp(argv[i], "out=", 4) == 0) out = fopen(argv[i] + 4, "w");
    }
    if (out == NULL || bytes == 0 || begin_at == end_at) return 1;
    at = calloc(bytes / 2, sizeof *at);
    before = calloc(bytes / 2, sizeof *at);
    after = calloc(bytes / 2, sizeof *at);
    if (at == NULL || before == NULL || after == NULL) return 1;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    qemu_plugin_register_atexit_cb(id, finish, NULL);
    return 0;
}
