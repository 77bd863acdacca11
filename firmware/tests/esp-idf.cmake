# What of the ESP-IDF port needs no ESP-IDF.
set(esp_idf_main ${CMAKE_CURRENT_SOURCE_DIR}/../ports/esp-idf/app/main)
anc_test(esp_idf_plain esp_idf_plain.c ${esp_idf_main}/plain/crash_count.c ${esp_idf_main}/plain/deadline.c)
target_include_directories(esp_idf_plain PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${esp_idf_main})
