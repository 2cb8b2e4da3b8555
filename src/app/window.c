#include "app/window.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/dialog.h"
#include "app/files.h"
#include "app/filing.h"
#include "app/icon.h"
#include "app/screen.h"
#include "app/window_input.h"

enum { LEAST_WIDTH = 960, LEAST_HEIGHT = 600, FRAME_MS = 16 };

typedef struct Window {
    SDL_Window *window;
    Screen      screen;
    Fonts      *fonts;
    App         app;
    float       px_per_pt, pt_per_unit;
    Uint32      answered;          /* SDL's number for our event: a file dialog has answered */
    Cursor      cursor;
    SDL_Cursor *cursors[CURSOR_MOVE + 1];
    char        title[512];
    bool        text_input, full;
    bool        rests;             /* the pointer has not moved since the window came */
    int         rests_x, rests_y;  /* on the desktop */
    jmp_buf     escape;            /* without memory */
    void      (*shown)(void);      /* told when the first picture is there; NULL = nobody */
} Window;

static double seconds_now(void)
{
    return (double)SDL_GetPerformanceCounter() / (double)SDL_GetPerformanceFrequency();
}

/* ---- what the app asks for ---- */

static const char *clipboard_read(void *self, Arena *arena)
{
    (void)self;
    char *text = SDL_HasClipboardText() ? SDL_GetClipboardText() : NULL;
    const char *copy = text ? arena_copy(arena, text, strlen(text)) : NULL;
    SDL_free(text);
    return copy;
}

static void clipboard_write(void *self, const char *text)
{
    (void)self;
    SDL_SetClipboardText(text);
}

/* From the dialog's thread: only SDL's event queue may be touched. */
static void file_answered(void *self, const char *path)
{
    Window *window = self;
    SDL_Event event = {.type = window->answered};
    event.user.data1 = path ? SDL_strdup(path) : NULL;
    SDL_PushEvent(&event);
}

static bool file_ask(void *self, bool save, const char *title, const char *suggested)
{
    return dialog_ask(save, title, suggested, file_answered, self);
}

static void full_screen(void *self)
{
    Window *window = self;
    window->full = !window->full;
    SDL_SetWindowFullscreen(window->window, window->full ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
}

/* ---- size ---- */

/* X11 gives no scale of its own; toolkits are told by the environment. */
static float scale_told(void)
{
    static const char *const names[] = {"GDK_SCALE", "QT_SCALE_FACTOR"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        const double scale = value ? atof(value) : 0;
        if (scale >= 1 && scale <= 4) return (float)scale;
    }
    return 1;
}

static bool resized(Window *window)
{
    int width, height, pixels_wide, pixels_high;
    SDL_GetWindowSize(window->window, &width, &height);
    SDL_GetWindowSizeInPixels(window->window, &pixels_wide, &pixels_high);
    const float native = width > 0 ? (float)pixels_wide / (float)width : 1;
    window->px_per_pt = native > 1 ? native : scale_told();
    window->pt_per_unit = native / window->px_per_pt;
    const Input input = {.type = INPUT_RESIZE, .by = {(float)pixels_wide / window->px_per_pt, (float)pixels_high / window->px_per_pt}};
    if (!window->full) {
        window->app.settings.width = width > LEAST_WIDTH ? width : LEAST_WIDTH;
        window->app.settings.height = height > LEAST_HEIGHT ? height : LEAST_HEIGHT;
    }
    app_update(&window->app, &input, seconds_now());
    return screen_resize(&window->screen);
}

/* ---- what SDL is told ---- */

static void title_set(Window *window)
{
    Arena arena;
    app_memory(&window->app, &arena);
    const char *title = app_title(&window->app, &arena);
    if (strcmp(title, window->title) != 0) {
        snprintf(window->title, sizeof window->title, "%s", title);
        SDL_SetWindowTitle(window->window, title);
    }
    arena_close(&arena);
}

static void cursor_set(Window *window)
{
    static const SDL_SystemCursor system[] = {
        [CURSOR_ARROW] = SDL_SYSTEM_CURSOR_ARROW, [CURSOR_TEXT] = SDL_SYSTEM_CURSOR_IBEAM, [CURSOR_HAND] = SDL_SYSTEM_CURSOR_HAND,
        [CURSOR_SIZE_X] = SDL_SYSTEM_CURSOR_SIZEWE, [CURSOR_SIZE_Y] = SDL_SYSTEM_CURSOR_SIZENS, [CURSOR_MOVE] = SDL_SYSTEM_CURSOR_SIZEALL};
    const Cursor wanted = app_cursor(&window->app);
    if (wanted == window->cursor) return;
    if (!window->cursors[wanted]) window->cursors[wanted] = SDL_CreateSystemCursor(system[wanted]);
    SDL_SetCursor(window->cursors[wanted]);
    window->cursor = wanted;
}

/* Input methods open beside the caret. */
static void text_input_set(Window *window)
{
    Rect caret;
    const bool typing = app_typing(&window->app, &caret);
    if (typing != window->text_input) {
        if (typing) SDL_StartTextInput();
        else SDL_StopTextInput();
        window->text_input = typing;
    }
    if (!typing) return;
    const float unit = 1 / window->pt_per_unit;
    const SDL_Rect rect = {(int)(caret.x * unit), (int)(caret.y * unit), (int)fmaxf(caret.w * unit, 1), (int)(caret.h * unit)};
    SDL_SetTextInputRect(&rect);
}

static bool frame_show(Window *window)
{
    const Scene *scene = app_scene(&window->app);
    title_set(window);
    cursor_set(window);
    text_input_set(window);
    return screen_show(&window->screen, window->fonts, scene, window->px_per_pt);
}

/* ---- events ---- */

static void dialog_event(Window *window, const SDL_Event *event)
{
    const Input input = {.type = INPUT_CHOSEN, .text = event->user.data1};
    app_update(&window->app, &input, seconds_now());
    SDL_free(event->user.data1);
}

/* A window that opens below the pointer is told so as if it had moved; the first picture is not to look at what happens to
 * lie there. */
static bool moved_by_nobody(Window *window, const SDL_Event *event)
{
    int x, y;
    if (event->type != SDL_MOUSEMOTION || !window->rests) return false;
    SDL_GetWindowPosition(window->window, &x, &y);
    window->rests = x + event->motion.x == window->rests_x && y + event->motion.y == window->rests_y;
    return window->rests;
}

static void event_take(Window *window, const SDL_Event *event)
{
    Input input;
    if (moved_by_nobody(window, event)) return;
    if (event->type == window->answered) dialog_event(window, event);
    else if (event->type == SDL_WINDOWEVENT && event->window.event == SDL_WINDOWEVENT_SIZE_CHANGED) resized(window);
    else if (event->type == SDL_WINDOWEVENT && event->window.event == SDL_WINDOWEVENT_EXPOSED) {
        screen_expose(&window->screen);
        window->app.stale = true;
    } else if (input_of_event(event, window->pt_per_unit, &input)) app_update(&window->app, &input, seconds_now());
    if (event->type == SDL_DROPFILE) SDL_free(event->drop.file);
}

/* A key that makes a character comes twice, as a key and as text; in a text only the text counts, and what the key
 * itself did (F switches Flatten) must not also be typed. */
static void events_take(Window *window, SDL_Event *event)
{
    do {
        const bool typing = window->text_input;
        event_take(window, event);
        text_input_set(window);
        if (typing != window->text_input) SDL_FlushEvent(SDL_TEXTINPUT);
    } while (SDL_PollEvent(event));
}

static bool wait_event(SDL_Event *event, double seconds)
{
    if (seconds < 0) return SDL_WaitEvent(event);
    return SDL_WaitEventTimeout(event, (int)ceil(seconds * 1000));
}

static bool loop(Window *window)
{
    SDL_Event event;
    SDL_GetGlobalMouseState(&window->rests_x, &window->rests_y);
    window->rests = true;
    while (!window->app.done) {
        const Uint64 began = SDL_GetTicks64();
        const double wait = app_wait(&window->app);
        if (wait == 0 ? SDL_PollEvent(&event) : wait_event(&event, wait)) events_take(window, &event);
        app_update(&window->app, NULL, seconds_now());
        if (window->app.stale && !frame_show(window)) return false;
        const Uint64 took = SDL_GetTicks64() - began;
        if (window->app.motion.running && took < FRAME_MS) SDL_Delay((Uint32)(FRAME_MS - took));
    }
    return true;
}

/* ---- opening ---- */

/* Asking SDL where there is nothing makes its libraries print complaints of their own. */
static bool display_is_named(void)
{
#ifdef __APPLE__
    return true;
#else
    return getenv("DISPLAY") || getenv("WAYLAND_DISPLAY") || getenv("WAYLAND_SOCKET") || getenv("SDL_VIDEODRIVER");
#endif
}

static bool has_display(void)
{
    if (!display_is_named()) return false;
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    SDL_SetHint(SDL_HINT_MOUSE_FOCUS_CLICKTHROUGH, "1");
    SDL_SetHint(SDL_HINT_IME_SHOW_UI, "1");
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    SDL_SetHint("SDL_APP_ID", "shapeflow");
    if (SDL_Init(SDL_INIT_VIDEO)) return false;
    const char *driver = SDL_GetCurrentVideoDriver();
    return driver && strcmp(driver, "offscreen") != 0 && strcmp(driver, "dummy") != 0;
}

static bool document_find(CommandLine *line, const char *path, Document *document)
{
    const DocumentFault fault = path ? document_open(document, line->arena, path) : document_question(document, line->arena, line->resources);
    if (fault == DOCUMENT_MISSING) complain(line, "file.unreadable", path ? path : "assets/models", strerror(errno), NULL);
    if (fault == DOCUMENT_UNKNOWN_FORM) complain(line, "file.unknown_form", path, NULL);
    Error err = {.arena = line->arena};
    if (fault != DOCUMENT_GOOD || document_to_code(document, line->arena, &err)) return fault == DOCUMENT_GOOD;
    complain(line, "file.unreadable", path, err.message, NULL);
    return false;
}

/* For desktops that know the program by no .desktop file. */
static void icon_set(Window *window)
{
    enum { SIZE = 128 };
    Arena arena;
    arena_open(&arena, 0);
    arena.escape = &window->escape;
    uint32_t *pixels = icon_pixels(&arena, window->fonts, SIZE);
    SDL_Surface *icon = SDL_CreateRGBSurfaceWithFormatFrom(pixels, SIZE, SIZE, 32, SIZE * 4, SDL_PIXELFORMAT_ARGB8888);
    if (icon) SDL_SetWindowIcon(window->window, icon);
    SDL_FreeSurface(icon);
    arena_close(&arena);
}

static bool window_open(Window *window, CommandLine *line, const Document *document, Settings *settings)
{
    const int place = (int)SDL_WINDOWPOS_CENTERED;
    SDL_Rect usable;
    if (SDL_GetDisplayUsableBounds(0, &usable) == 0) {
        if (settings->width > usable.w) settings->width = usable.w;
        if (settings->height > usable.h) settings->height = usable.h;
    }
    window->window = SDL_CreateWindow("shapeflow", place, place, settings->width, settings->height, SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (!window->window) return false;
    SDL_SetWindowMinimumSize(window->window, LEAST_WIDTH, LEAST_HEIGHT);
    icon_set(window);
    SDL_StopTextInput();
    window->answered = SDL_RegisterEvents(1);
    app_open(&window->app, &(AppOptions){
        .resources = line->resources, .strings = &line->strings, .measure = fonts_measure(window->fonts), .settings = settings, .kept = true,
        .panels = PANELS_ALL, .size = {(float)settings->width, (float)settings->height}, .seconds = seconds_now(), .escape = &window->escape,
        .platform = {.self = window, .clipboard_read = clipboard_read, .clipboard_write = clipboard_write, .file_ask = file_ask, .full_screen = full_screen}},
        document);
    filing_look_for_lost(&window->app);
    screen_open(&window->screen, window->window);
    return resized(window);
}

static void window_close(Window *window)
{
    for (int i = 0; i <= CURSOR_MOVE; i++)
        if (window->cursors[i]) SDL_FreeCursor(window->cursors[i]);
    screen_close(&window->screen);
    if (window->window) SDL_DestroyWindow(window->window);
    if (window->fonts) fonts_close(window->fonts);
    SDL_Quit();
}

/* What is done with an open window; false when SDL fails. */
typedef bool (*WindowUse)(Window *);

/* Without memory the window closes, but nothing that was typed is lost. */
static ExitCode rescue(Window *window, CommandLine *line)
{
    const bool kept = app_rescue(&window->app);
    complain(line, kept ? "window.memory_kept" : "window.memory_lost", NULL);
    app_close(&window->app);
    return EXIT_UNREADABLE;
}

static ExitCode run(Window *window, CommandLine *line, const Document *document, WindowUse use)
{
    Settings settings;
    char fault[256] = "";
    settings_load(&settings, line->arena);
    window->fonts = fonts_open(path_join(line->arena, line->resources, "fonts"), fault, sizeof fault);
    if (!window->fonts) {
        complain(line, "fonts.missing", fault, NULL);
        return EXIT_UNREADABLE;
    }
    if (setjmp(window->escape) != 0) return rescue(window, line);
    const bool opened = window_open(window, line, document, &settings), shown = opened && use(window);
    if (!shown) complain(line, "window.failed", SDL_GetError(), NULL);
    if (opened) {
        settings_save(&window->app.settings, line->arena);
        app_close(&window->app);
    }
    return shown ? EXIT_DONE : EXIT_UNREADABLE;
}

static bool show_once(Window *window)
{
    const bool done = frame_show(window);
    if (done) window->shown();
    return done;
}

static ExitCode open_and_use(CommandLine *line, const char *path, WindowUse use, void (*shown)(void))
{
    Document document;
    if (!has_display()) {
        complain(line, "window.no_display", path ? path : "FILE", NULL);
        SDL_Quit();
        return EXIT_UNREADABLE;
    }
    if (!document_find(line, path, &document)) {
        SDL_Quit();
        return EXIT_UNREADABLE;
    }
    Window *window = calloc(1, sizeof *window);
    if (!window) return EXIT_UNREADABLE;
    window->shown = shown;
    const ExitCode code = run(window, line, &document, use);
    window_close(window);
    free(window);
    return code;
}

ExitCode window_run(CommandLine *line, const char *path)
{
    return open_and_use(line, path, loop, NULL);
}

ExitCode window_show_once(CommandLine *line, const char *path, void (*shown)(void))
{
    return open_and_use(line, path, show_once, shown);
}
