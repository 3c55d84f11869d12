"""Compiles mutants and runs the fast tests on them."""
import os
import re
import resource
import shutil
import subprocess

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Makefile"), encoding="utf-8") as makefile:
    VERSION = re.search(r"^VERSION *:= (.*)$", makefile.read(), re.M)[1]
TREE = ("codec/src", "codec/include", "container/include", "tests/codec", "tests/session", "tests/targets",
        "tests/slips")
TESTS = ("tests/session", "tests/codec")
SESSION = "container/src/session.c"
INCLUDES = ('-DCLIPPER_VERSION="%s"' % VERSION, "-Icodec/include", "-Icontainer/include", "-Itests/targets", "-Itests/codec", "-Itests/session")
# A mutant is compiled quickly for a first try. What survives is compiled like the code that is shipped, as equal
# objects mean that nobody can tell; and once more with sanitizers, and with variables that begin with a pattern, so
# that a missing first value shows.
QUICK = ("-std=c11", "-w", "-O0", "-fPIC", "-DSPOIL_ROUNDS=20000")
PLAIN = ("-std=c11", "-w", "-O2", "-fPIC", "-DSPOIL_ROUNDS=20000")
SANITIZED = ("-std=c11", "-w", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
             "-ftrivial-auto-var-init=pattern", "-DSPOIL_ROUNDS=5000")
MEMORY = 1 << 30
# Quick ones, and those that find much, first.
ORDER = ("session_config", "session_messages", "session_time", "diagnosis", "elements", "encode", "recogniser",
         "decode", "vectors", "flat", "eras", "era_translate", "era_recognise")
# The tests of inline functions. The others keep the header as it is, so that what they expect is not mutated.
INLINE_TESTS = ("tests/codec/test_elements.c", "tests/codec/test_recogniser.c")


def files_in(folder, root, prefix=""):
    return sorted(f"{folder}/{name}" for name in os.listdir(os.path.join(root, folder))
                  if name.startswith(prefix) and name.endswith(".c"))


class Workshop:
    """A copy of the sources at ROOT/NAME, with everything compiled."""

    def __init__(self, root, compiler):
        self.root, self.compiler = root, compiler
        self.seconds = {}  # the CPU time that the tests take on the code as it is, by flags

    def prepare(self, sources, vectors):
        shutil.rmtree(self.root, ignore_errors=True)
        for folder in TREE:
            shutil.copytree(os.path.join(sources, folder), os.path.join(self.root, folder))
        os.makedirs(os.path.join(self.root, os.path.dirname(SESSION)))
        shutil.copy(os.path.join(sources, SESSION), os.path.join(self.root, SESSION))
        shutil.copy(vectors, os.path.join(self.root, "tests/codec/support_vectors.c"))

    def code(self):
        return [*files_in("codec/src", self.root), SESSION]

    def tests(self):
        def place(path):
            name = os.path.basename(path)[len("test_"):-len(".c")]
            return ORDER.index(name) if name in ORDER else len(ORDER)
        found = [path for folder in TESTS for path in files_in(folder, self.root, "test_")]
        return sorted(found, key=place)

    def test_code(self):
        support = [path for folder in TESTS for path in files_in(folder, self.root, "support_")]
        return [*self.tests(), *support, "tests/slips/runner.c"]

    def compile(self, path, flags, output):
        """Compiles PATH of this tree to OUTPUT; says whether that went well."""
        extra = []
        name = os.path.basename(path)[:-len(".c")]
        if name.startswith("test_"):
            extra = [f"-Dmain={name}"]
        elif name == "runner":
            extra = ["-DTESTS=" + " ".join(f"X({os.path.basename(test)[:-len('.c')]})" for test in self.tests())]
        command = [self.compiler, *flags, *INCLUDES, *extra, "-c", path, "-o", output]
        return subprocess.run(command, cwd=self.root, stderr=subprocess.DEVNULL, check=False).returncode == 0

    def object_of(self, path, flags):
        folder = os.path.join(self.root, "sanitized" if flags == SANITIZED else "plain")
        return os.path.join(folder, path.replace("/", "_")[:-len(".c")] + ".o")

    def build_all(self, flags):
        """Compiles everything and measures the tests."""
        for path in [*self.code(), *self.test_code()]:
            output = self.object_of(path, flags)
            os.makedirs(os.path.dirname(output), exist_ok=True)
            if not self.compile(path, flags, output):
                raise SystemExit(f"{path} does not compile")
        program = os.path.join(self.root, "program")
        if not self.link({}, flags, program):
            raise SystemExit("the tests do not link")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        verdict = run_tests(program, flags, 600)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if verdict:
            raise SystemExit(f"the tests fail on the code as it is: {verdict}")
        self.seconds[flags] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def link(self, replaced, flags, program):
        """Links all objects, those in REPLACED (by source path) instead of their namesakes."""
        objects = [replaced.get(path) or self.object_of(path, flags) for path in [*self.code(), *self.test_code()]]
        return subprocess.run([self.compiler, *flags, *objects, "-o", program], stderr=subprocess.DEVNULL,
                              check=False).returncode == 0


def run_tests(program, flags, seconds):
    """Why the tests fail: a test's name, "crash" or "time"; None when they pass. SECONDS are of CPU time."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if flags == PLAIN:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
    try:
        run = subprocess.run([program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=limit,
                             timeout=60 + 20 * seconds, env=environment, check=False)
    except subprocess.TimeoutExpired:
        return "time"
    if run.returncode == 0:
        return None
    if -run.returncode in (9, 24):  # SIGKILL, SIGXCPU
        return "time"
    return run.stdout.decode(errors="replace").strip().split("\n")[-1] or "crash"


class Bench:
    """Where one process tries one mutant after another, with the objects of a Workshop."""

    def __init__(self, workshop, folder):
        self.workshop = workshop
        self.tree = Workshop(folder, workshop.compiler)

    def try_out(self, mutant):
        """(verdict, why): not compiled, equal, killed, or survived."""
        path = os.path.join(self.tree.root, mutant.path)
        with open(path, encoding="utf-8", newline="") as file:
            original = file.read()
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(original[:mutant.begin] + mutant.text + original[mutant.end:])
        try:
            return self._judge(mutant)
        finally:
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(original)

    def _compiled(self, mutant, flags):
        """The objects that the mutant changes, by source; None when it does not compile."""
        sources = [*self.tree.code(), *INLINE_TESTS] if mutant.path.endswith(".h") else [mutant.path]
        objects = {}
        for path in sources:
            output = os.path.join(self.tree.root, path.replace("/", "_")[:-len(".c")] + ".o")
            if not self.tree.compile(path, flags, output):
                return None
            objects[path] = output
        return objects

    def _fails(self, mutant, flags, others):
        """Why the tests fail with the mutant compiled with FLAGS among the OTHERS; None when they pass."""
        program = os.path.join(self.tree.root, "program")
        objects = self._compiled(mutant, flags)
        if objects is None or not self.workshop.link(objects, others, program):
            return "not compiled"
        return run_tests(program, others, 2 + int(3 * self.workshop.seconds[others]))

    def _judge(self, mutant):
        why = self._fails(mutant, QUICK, PLAIN)
        if why is None:
            objects = self._compiled(mutant, PLAIN)
            if all(same(output, self.workshop.object_of(path, PLAIN)) for path, output in objects.items()):
                return "equal", ""
            why = self._fails(mutant, SANITIZED, SANITIZED)
        if why is None:
            return "survived", ""
        return ("not compiled", "") if why == "not compiled" else ("killed", why)


def same(a, b):
    with open(a, "rb") as first, open(b, "rb") as second:
        return first.read() == second.read()
