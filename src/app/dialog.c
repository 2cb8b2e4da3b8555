#include "app/dialog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <SDL.h>

enum { ARGUMENTS = 8, LINE_BYTES = 4096, CANCELLED = 1 /* exit status of both programs */ };

typedef struct Asked {
    DialogAnswer answer;
    void        *self;
    FILE        *output;
    pid_t        process;
} Asked;

static bool in_path(const char *program)
{
    const char *path = getenv("PATH");
    char file[LINE_BYTES];
    while (path && *path) {
        const size_t length = strcspn(path, ":");
        snprintf(file, sizeof file, "%.*s/%s", (int)length, path, program);
        if (access(file, X_OK) == 0) return true;
        path += length + (path[length] == ':');
    }
    return false;
}

/* The command line, or false when neither program is there. */
static bool command_make(const char **arguments, char *title_option, char *name_option, bool save, const char *title, const char *suggested)
{
    int n = 0;
    if (in_path("zenity")) {
        snprintf(title_option, LINE_BYTES, "--title=%s", title);
        snprintf(name_option, LINE_BYTES, "--filename=%s", suggested);
        arguments[n++] = "zenity";
        arguments[n++] = "--file-selection";
        arguments[n++] = title_option;
        arguments[n++] = name_option;
        if (save) arguments[n++] = "--save", arguments[n++] = "--confirm-overwrite";
    } else if (in_path("kdialog")) {
        arguments[n++] = "kdialog";
        arguments[n++] = "--title";
        arguments[n++] = title;
        arguments[n++] = save ? "--getsavefilename" : "--getopenfilename";
        arguments[n++] = suggested;
    }
    arguments[n] = NULL;
    return n > 0;
}

/* Waits for the dialog; its first line is the path. */
static int listen(void *data)
{
    Asked *asked = data;
    char line[LINE_BYTES];
    const bool said = fgets(line, sizeof line, asked->output);
    if (said) line[strcspn(line, "\n")] = 0;
    fclose(asked->output);
    int status = 1;
    waitpid(asked->process, &status, 0);
    const bool cancelled = WIFEXITED(status) && WEXITSTATUS(status) == CANCELLED;
    asked->answer(asked->self, said && *line && status == 0 ? line : cancelled ? NULL : "");
    free(asked);
    return 0;
}

static bool start(Asked *asked, const char *const *arguments)
{
    int ends[2];
    if (pipe(ends)) return false;
    asked->process = fork();
    if (asked->process == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execvp(arguments[0], (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    close(ends[1]);
    asked->output = asked->process > 0 ? fdopen(ends[0], "r") : NULL;
    if (!asked->output) close(ends[0]);
    return asked->output;
}

bool dialog_ask(bool save, const char *title, const char *suggested, DialogAnswer answer, void *self)
{
    const char *arguments[ARGUMENTS];
    char title_option[LINE_BYTES], name_option[LINE_BYTES];
    if (!command_make(arguments, title_option, name_option, save, title, suggested)) return false;
    Asked *asked = malloc(sizeof *asked);
    if (!asked) return false;
    *asked = (Asked){.answer = answer, .self = self};
    SDL_Thread *thread = start(asked, arguments) ? SDL_CreateThread(listen, "dialog", asked) : NULL;
    if (!thread) {
        free(asked);
        return false;
    }
    SDL_DetachThread(thread);
    return true;
}
