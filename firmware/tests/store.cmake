# The settings store on a simulated NOR flash, and what past firmware stored.
foreach(test settings_store settings_store_cuts)
    anc_test(${test} ${test}.c)
    target_include_directories(${test} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
endforeach()

find_package(PkgConfig REQUIRED)
pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
anc_test(params_formats params_formats.c)
target_include_directories(params_formats PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(params_formats PRIVATE PkgConfig::CJSON)
target_compile_definitions(params_formats PRIVATE ANC_STORES="${CMAKE_CURRENT_SOURCE_DIR}/stores")
