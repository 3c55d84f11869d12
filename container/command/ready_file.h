/* ready_file.h: the empty files that tell an orchestrator that the container is ready. */
#ifndef CLIPPER_COMMAND_READY_FILE_H
#define CLIPPER_COMMAND_READY_FILE_H

/* Each returns 0, or -1 and *WHY (static, or strerror's). Only an empty regular file of this user is ever removed, and
 * nothing but a regular file is ever opened. */

/* Removes the file at PATH that an earlier process has left, and sees that one can be made there. */
int ready_file_prepare(const char *path, const char **why);
/* Makes the file, or leaves the regular file that is there as it is. */
int ready_file_write(const char *path, const char **why);
/* One that does not exist is removed already. */
int ready_file_remove(const char *path, const char **why);

#endif
