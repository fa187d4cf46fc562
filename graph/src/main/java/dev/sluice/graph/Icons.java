package dev.sluice.graph;

/**
 * The picture of a task family: strokes in a 20 by 20 box, and the family's colour class.
 *
 * @param name also the id of its symbol
 */
record Icons(String name, String family, String strokes) {

    static Icons of(String type) {
        return switch (type) {
            case "table.read" ->
                    new Icons(
                            "read",
                            "table",
                            "M9 4.5h6.5a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5H9M9 9h8M12.5"
                                    + " 4.5v11M2.5 10h5.5M5.7 7.4L8.3 10l-2.6 2.6");
            case "table.write" ->
                    new Icons(
                            "write",
                            "table",
                            "M11 4.5H4.5A1.5 1.5 0 0 0 3 6v8a1.5 1.5 0 0 0 1.5 1.5H11M3 9h8M7"
                                    + " 4.5v11M12 10h5.5M15 7.4l2.6 2.6-2.6 2.6");
            case "table.validate" ->
                    new Icons(
                            "validate",
                            "table",
                            "M10 2.8l6 2.2v4.6c0 3.8-2.5 6.4-6 7.6-3.5-1.2-6-3.8-6-7.6V5zM7.2"
                                    + " 9.9l2.1 2.1 3.7-4");
            case "sql" ->
                    new Icons(
                            "sql",
                            "table",
                            "M4 5.5c0-1.5 2.7-2.5 6-2.5s6 1 6 2.5S13.3 8 10 8 4 7 4 5.5zM4 5.5v9c0"
                                    + " 1.5 2.7 2.5 6 2.5s6-1 6-2.5v-9M4 10c0 1.5 2.7 2.5 6"
                                    + " 2.5s6-1 6-2.5");
            case "python", "node", "java", "container" ->
                    new Icons(
                            "code",
                            "code",
                            "M7 5.5L2.5 10 7 14.5M13 5.5l4.5 4.5-4.5 4.5M11.4 4l-2.8 12");
            case "shell" ->
                    new Icons(
                            "shell",
                            "code",
                            "M4 3.5h12A1.5 1.5 0 0 1 17.5 5v10a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0"
                                    + " 1 2.5 15V5A1.5 1.5 0 0 1 4 3.5zM5.5 7.5L8.5 10l-3"
                                    + " 2.5M10.5 13h4");
            case "http" ->
                    new Icons(
                            "http",
                            "http",
                            "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0zM3 10h14M10 3c2 2 3 4.4 3 7s-1"
                                    + " 5-3 7c-2-2-3-4.4-3-7s1-5 3-7z");
            case "value" ->
                    new Icons(
                            "value",
                            "control",
                            "M8 3.5H7A2 2 0 0 0 5 5.5v2.5a2 2 0 0 1-1.8 2A2 2 0 0 1 5"
                                    + " 12v2.5a2 2 0 0 0 2 2h1M12 3.5h1a2 2 0 0 1 2"
                                    + " 2V8a2 2 0 0 0 1.8 2A2 2 0 0 0 15 12v2.5a2 2 0 0 1-2"
                                    + " 2h-1");
            case "wait" ->
                    new Icons(
                            "wait",
                            "control",
                            "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0zM10 6v4.2l2.8 1.8");
            case "fail" ->
                    new Icons(
                            "fail",
                            "fail",
                            "M7.1 3h5.8L17 7.1v5.8L12.9 17H7.1L3 12.9V7.1zM7.6"
                                    + " 7.6l4.8 4.8M12.4 7.6l-4.8 4.8");
            case "approval" ->
                    new Icons(
                            "approval",
                            "control",
                            "M10.5 6.5a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM2.5 16.5c0-3 2.2-5"
                                    + " 5-5 1 0 2 .3 2.8.8M11.5 14l2 2 4-4.5");
            case "flow" ->
                    new Icons(
                            "flow",
                            "control",
                            "M3 4h5v4.5H3zM12 11.5h5V16h-5zM8 6.2h4.5a2 2 0 0 1 2" + " 2v3.3");
            case String t when t.equals("report") || t.startsWith("document.") ->
                    new Icons(
                            "document",
                            "document",
                            "M11.5 2.5H6A1.5 1.5 0 0 0 4.5 4v12A1.5 1.5 0 0 0 6"
                                    + " 17.5h8a1.5 1.5 0 0 0 1.5-1.5V6.5zM11.5"
                                    + " 2.5v4h4M7.5 14.5v-2.5M10 14.5v-5M12.5"
                                    + " 14.5v-3.5");
            case String t when t.startsWith("table.") ->
                    new Icons(
                            "table",
                            "table",
                            "M4.5 3.5h11A1.5 1.5 0 0 1 17 5v10a1.5 1.5 0 0 1-1.5"
                                    + " 1.5h-11A1.5 1.5 0 0 1 3 15V5a1.5 1.5 0 0 1"
                                    + " 1.5-1.5zM3 8h14M3 12.2h14M8 8v8.5");
            case String _ ->
                    new Icons(
                            "other",
                            "control",
                            "M10 3l6 3.5v7L10 17l-6-3.5v-7zM4 6.5l6 3.5 6-3.5M10 10v7");
        };
    }
}
